"""What every goal's bench shares: turns, pinning, peers, lines with an aim, the page and the chart."""
