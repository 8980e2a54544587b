"""Real programs, watched from outside: nothing here imports spikard."""
