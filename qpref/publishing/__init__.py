"""The results that a service displays and publishes: a page a site, open data, former editions."""
