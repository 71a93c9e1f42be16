"""Turn measures into sections: sentence, table-graphic, plotly figure, figures file."""
