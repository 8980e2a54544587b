import sys
from pathlib import Path

# For fake_exchange.
sys.path.insert(0, str(Path(__file__).parents[1]))
