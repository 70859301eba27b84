"""One chart of all results: how far each is from its aim, on a scale of tens, with its spread. An SVG of text and shapes alone, that reads
on white and on black."""
import math
from xml.sax.saxutils import escape

from .lines import Aim

WIDTH, LEFT, RIGHT, ROW, TOP = 1000, 470, 130, 22, 70
LEAST, MOST = 0.05, 200.0
MET, MISSED, GREY = "#1a7f4b", "#c4432b", "#8a8f98"


def x(margin):
    share = (math.log(min(max(margin, LEAST), MOST)) - math.log(LEAST)) / (math.log(MOST) - math.log(LEAST))
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def times(margin):
    """In words: 3x better than wanted, or by how much short."""
    if margin >= 1:
        return f"{margin:.0f}x better" if margin >= 10 else f"{margin:.1f}x better" if margin >= 1.05 else "met"
    return f"{1 / margin:.2g}x short" if margin < 0.952 else "just short"


def row(y, result, line):
    aim = next(Aim(kind, line[kind]) for kind in ("at_most", "at_least") if kind in line)
    colour = MET if line["met"] else MISSED
    middle = aim.margin(line["median"])
    low, high = sorted(aim.margin(it) for it in line["spread"])
    name = f"{result['goal']}  {line['what']}" + (f", by {line['peer']}" if "peer" in line else "")
    name = name if len(name) <= 78 else name[:77] + "…"
    mark = f'<circle cx="{x(middle):.1f}" cy="{y}" r="5" fill="{colour}"/>' if line["met"] else (
        f'<rect x="{x(middle) - 4.5:.1f}" y="{y - 4.5}" width="9" height="9" fill="{colour}"/>')
    return (f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
            f'<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2"/>{mark}'
            f'<text x="{WIDTH - RIGHT + 14}" y="{y + 4}" fill="{colour}">{"met" if line["met"] else "missed"}, {times(middle)}</text>'.replace("met, met", "met"))


def drawn(results):
    rows = [(result, line) for result in results for line in result["lines"] if "met" in line]
    bottom = TOP + ROW * len(rows)
    met = sum(line["met"] for _, line in rows)
    dates = sorted(result["date"][:10] for result in results)
    when = "none is kept" if not dates else dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 30}" font-family="system-ui, sans-serif" font-size="12" role="img">',
        f"<title>surged beside its peers: {met} of {len(rows)} aims are met</title>",
        "<style>text { fill: #24292f } @media (prefers-color-scheme: dark) { text { fill: #d5dae0 } rect.paper { fill: #0d1117 } }</style>",
        f'<rect class="paper" width="{WIDTH}" height="{bottom + 30}" fill="#ffffff"/>',
        f'<text x="20" y="26" font-size="16" font-weight="600">surged beside its peers: {met} of {len(rows)} aims are met ({when})</text>',
        '<text x="20" y="46">How many times better than wanted; right of the line is met. Bars: least to greatest of the turns.</text>',
    ]
    for tick in (0.1, 1, 10, 100):
        at, wide = x(tick), 2 if tick == 1 else 1
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 14}" y2="{bottom - 6}" stroke="{GREY}" stroke-width="{wide}" opacity="{0.9 if tick == 1 else 0.35}"/>')
        parts.append(f'<text x="{at:.1f}" y="{bottom + 12}" text-anchor="middle">{"the aim" if tick == 1 else f"{tick:g}x"}</text>')
    parts += [row(TOP + ROW * i, result, line) for i, (result, line) in enumerate(rows)]
    return "\n".join(parts) + "\n</svg>\n"
