"""What a browser calls itself, in words a person knows. Pure."""

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """`Chrome · macOS`; what is not known is shown as it came, shortened."""
    browser = next((name for part, name in BROWSERS if part in agent), None)
    system = next((name for part, name in SYSTEMS if part in agent), None)
    known = [name for name in (browser, system) if name is not None]
    return " · ".join(known) if known else agent[:40] or "?"
