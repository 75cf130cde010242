"""A Discord on your own machine: gateway, REST, rate limits, files and a web page."""
