"""What operators share that try several ways by themselves and keep the best."""
