#!/bin/bash
# Upgrades an installation that install.sh made: prepares the new release beside the running one, stops, backs up, switches
# over, upgrades the database, starts. If that fails, the old release and its database are put back and started.
# As root, in the folder that holds the new wheel and its lock files: bash upgrade.sh [--dry-run]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=/srv/govnet backups=/var/backups/govnet units=(govnet govnet-web govnet-worker) dry=''
case ${1:-} in
    '') ;;
    --dry-run) dry=yes ;;
    *) echo "bash upgrade.sh [--dry-run]" >&2; exit 2 ;;
esac

wrong() { echo "$1" >&2; exit 2; }
step() { printf '\n== %s\n' "$1"; }
run() {
    printf '   %s\n' "$*"
    [ -n "$dry" ] || "$@"
}
running() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null; }
program() { run runuser -u govnet -- env GOVNET_SETTINGS=/etc/govnet/settings.env "$home/venv/bin/govnet" "$@"; }
patiently() { # a worker that was killed counts as alive for a minute and a half
    local said end=$((SECONDS + 150))
    said=$(mktemp)
    until program "$@" 2>"$said"; do
        cat "$said" >&2
        grep -qi 'worker is running' "$said" && [ $SECONDS -lt $end ] || return 1
        echo "   Once more in 20 seconds."
        sleep 20
    done
}

[ -n "$dry" ] || [ "$(id -u)" = 0 ] || wrong "Call it as root: sudo bash $0"
[ -L "$home/venv" ] || wrong "$home/venv is not a link to a release, as install.sh makes it: upgrade by hand, as the guide says (section 6)."
wheels=("$here"/govnet-*.whl)
if [ ! -e "${wheels[0]}" ] || [ ${#wheels[@]} != 1 ]; then wrong "There has to be one wheel, govnet-….whl, in $here."; fi
wheel=${wheels[0]}
old=$(readlink -f "$home/venv")
lock=requirements.lock
if "$old/bin/python" -c 'import psycopg' 2>/dev/null; then lock=requirements-cluster.lock; fi

step "The new release, beside the running one"
new="$home/releases/$(basename "$wheel" .whl)-$(cat "$wheel" "$here/$lock" | sha256sum | cut -c1-12)"
[ "$old" != "$new" ] || { echo "   It is installed already."; exit 0; }
if [ ! -e "$new/whole" ]; then
    run rm -rf "$new"
    run python3 -m venv "$new"
    run "$new/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/$lock"
    run "$new/bin/pip" install --quiet --disable-pip-version-check --no-deps "$wheel"
    run "$new/bin/govnet" --version
    run touch "$new/whole"
fi

step "Stop"
active=()
if running; then
    for unit in "${units[@]}"; do
        if systemctl is-active --quiet "$unit"; then active+=("$unit"); fi
    done
    [ ${#active[@]} = 0 ] || run systemctl stop "${active[@]}"
else
    echo "   systemd does not run here, so nothing is stopped or started. Stop govnet yourself before."
fi
start() {
    [ ${#active[@]} = 0 ] || run systemctl start "${active[@]}"
}

step "Backup"
backup="$backups/before-$(basename "$new")-$(date -u +%Y%m%d-%H%M%S).tar.gz"
if ! program backup "$backup"; then
    start
    wrong "No backup could be made, so nothing was changed. The old release is still running."
fi

step "Switch over"
run ln -sfn "$new" "$home/venv"
if ! patiently upgrade; then
    step "It failed: back to the old release, and to the database as it was"
    run ln -sfn "$old" "$home/venv"
    if ! patiently restore "$backup" --replace; then
        wrong "The old release is back, but not its database. Nothing was started. Restore it by hand: govnet restore $backup --replace"
    fi
    program operator release-mail || true # nothing was sent since the backup
    start
    wrong "The upgrade failed and was undone. The old release is running again with its database. Everybody is signed out."
fi
for file in govnet.service govnet-web.service govnet-worker.service govnet-backup.service govnet-backup.timer govnet-litestream.service; do
    if [ -e "/etc/systemd/system/$file" ]; then run install -m 644 "$here/$file" "/etc/systemd/system/$file"; fi
done
run install -m 755 "$here/govnet" /usr/local/bin/govnet

step "Start"
if running; then run systemctl daemon-reload; fi
start
program doctor || true
printf '\nThe new release is running. The old one is kept in %s, and the old database in %s.\n' "$old" "$backup"
