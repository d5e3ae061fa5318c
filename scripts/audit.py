"""Known vulnerabilities of the locked dependencies, where a database of advisories can be reached."""

import json
import subprocess
import sys

COMMAND = ("-m", "pip_audit", "--requirement", "requirements.lock", "--require-hashes", "--disable-pip")
OPTIONS = ("--format", "json", "--progress-spinner", "off", "--timeout", "10")


def main() -> None:
    audit = subprocess.run([sys.executable, *COMMAND, *OPTIONS], capture_output=True, text=True, check=False)
    try:
        found = [package for package in json.loads(audit.stdout)["dependencies"] if "skip_reason" not in package]
    except (ValueError, KeyError):
        found = []
    if not found:
        print("Vulnérabilités connues : la base d'avis est hors d'atteinte, rien n'a été vérifié.")
        return
    faults = [
        f"{package['name']} {package['version']} : {fault['id']}, corrigée en {', '.join(fault['fix_versions']) or '?'}"
        for package in found
        for fault in package["vulns"]
    ]
    print("\n".join(faults) or f"Vulnérabilités connues : aucune dans {len(found)} dépendances.")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
