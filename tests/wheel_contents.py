"""Whether a wheel is the repository's package, byte for byte: `python tests/wheel_contents.py WHEEL` (attack A126)."""

import sys
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "e2evote"
NOT_SHIPPED = {"__pycache__", "node_modules"}


def package_files(package: Path) -> dict[str, bytes]:
    """What the wheel must hold, by the name that it has there."""
    return {
        path.relative_to(package.parent).as_posix(): path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and not NOT_SHIPPED & set(path.parts) and path.suffix != ".pyc"
    }


def differences(wheel: Path, package: Path = PACKAGE) -> list[str]:
    """Files that are missing, not of the package, or with other bytes; the metadata aside."""
    wanted = package_files(package)
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        packed = {name: archive.read(name) for name in names}
    found = [f"{name}: is missing" for name in wanted if name not in packed]
    found += [f"{name}: is there twice" for name in sorted({name for name in names if names.count(name) > 1})]
    for name, data in packed.items():
        if name not in wanted:
            found.append(f"{name}: is not in the package")
        elif data != wanted[name]:
            found.append(f"{name}: has other bytes")
    return found


def main() -> int:
    found = differences(Path(sys.argv[1]))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
