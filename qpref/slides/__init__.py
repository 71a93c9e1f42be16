"""The slide show of a meeting: what each slide says, then a .pptx to edit and pages to print."""
