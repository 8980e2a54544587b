"""Lists the libraries that a wheel brings along, with sizes and licences, and puts the texts of the licences into it.

`grafted.py WHEEL`: the wheel as auditwheel has left it, made on Debian. Fails if it holds a library that is not in the
table, so that nothing is passed on under terms that nobody has looked at.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from auditwheel.wheeltools import InWheel

# Of the library itself, in the words of SPDX; what else its source package holds is in the texts.
LICENCES = {
    "libbrotlicommon": "MIT",
    "libbrotlidec": "MIT",
    "libbsd": "BSD-3-Clause",
    "libcom_err": "MIT",
    "libfmt": "MIT",
    "libgssapi_krb5": "MIT",
    "libidn2": "LGPL-3.0-or-later",
    "libk5crypto": "MIT",
    "libkeyutils": "LGPL-2.0-or-later",
    "libkrb5": "MIT",
    "libkrb5support": "MIT",
    "libmd": "BSD-3-Clause",
    "libnorm": "NRL-3-Clause",
    "libpgm": "LGPL-2.1-only",
    "libre2": "BSD-3-Clause",
    "libsimdjson": "Apache-2.0",
    "libsodium": "ISC",
    "libunistring": "LGPL-3.0-or-later",
    "libzmq": "LGPL-3.0-or-later with exception",
}


def stem(library: str) -> str:
    """`libpgm` of `libpgm-5-86a31e6b.3.so.0.0.128`."""
    return re.split(r"-|\.so", library)[0]


def main(wheel: Path) -> None:
    """Print the table, and write the wheel anew."""
    with InWheel(wheel, wheel):
        root = Path.cwd()
        libraries = sorted(root.glob("*.libs/*"))
        (dist_info,) = root.glob("*.dist-info")
        texts = dist_info / "licenses" / "grafted"
        texts.mkdir()
        packages = sorted(_packages(dist_info))
        by_text: dict[bytes, list[str]] = {}
        for package in packages:
            by_text.setdefault(Path(f"/usr/share/doc/{package}/copyright").read_bytes(), []).append(package)
        for text, owners in by_text.items():
            (texts / ",".join(owners)).write_bytes(text)
        unknown = [library.name for library in libraries if stem(library.name) not in LICENCES]
        if unknown:
            raise SystemExit(f"grafted, but docker/grafted.py names no licence for it: {' '.join(unknown)}")
        for library in libraries:
            print(f"{library.stat().st_size:>10,}  {library.name:<44} {LICENCES[stem(library.name)]}")
        total = sum(library.stat().st_size for library in libraries)
        print(f"{total:>10,}  {len(libraries)} libraries of {len(packages)} Debian packages")
    print(f"{wheel.stat().st_size:>10,}  {wheel}")


def _packages(dist_info: Path) -> set[str]:
    """The Debian packages that auditwheel has found the libraries in."""
    bill = json.loads((dist_info / "sboms" / "auditwheel.cdx.json").read_text())
    named = (component.get("purl", "") for component in bill["components"])
    return {match[1] for purl in named if (match := re.match(r"pkg:deb/debian/([^@]+)@", purl))}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
