"""Changes of the World, each with the gateway events that tell of it. Callers check permissions first."""
