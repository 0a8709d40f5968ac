"""What Patchbay can do, for the API and the command line alike. No Flask, no terminal."""
