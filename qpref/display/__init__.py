"""Results to sections: computed sentence, table-graphic, plotly figure, figures behind."""
