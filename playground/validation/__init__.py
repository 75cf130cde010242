"""Checks of request bodies, with the errors of Discord. What passes is returned in the form that Discord stores."""
