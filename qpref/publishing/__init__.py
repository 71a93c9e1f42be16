"""Publish the results of a service: one page per site, open data, earlier editions."""
