"""Results to sections: a computed sentence, a table-graphic, a plotly figure and the figures behind."""
