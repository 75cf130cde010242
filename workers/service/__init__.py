"""The sandbox as a service of its own, for containers: within one, Docker lets nobody make namespaces."""
