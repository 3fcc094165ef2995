#!/usr/bin/env bash
# Publishes the newsroom from a machine of your own. `crieur init --ci cron` writes it beside
# crieur.toml; set `target` (a folder, sftp://name@host/path or host:path: docs/hosting.md), and add this
# to the crontab (`crontab -e`):
#
#     MAILTO=webmaster@example.org
#     13 9,12,16 * * * /srv/newsroom/cron.sh
#
# An item with an error is held back and the rest is published, with exit code 1. With a wrong
# configuration, or where something published would be lost, nothing is published. When all is
# well it prints nothing, so that cron sends an e-mail only when there is something to do.
set -euo pipefail

# The folder of crieur.toml, and where the web server has its files.
newsroom=${NEWSROOM:-$(dirname "$0")}
target=${TARGET:-/var/www/presse}

# cron starts with a short PATH; `cargo install` puts the program here.
PATH="$PATH:${HOME:-/root}/.cargo/bin"
cd "$newsroom"

# One run at a time: a run that finds another one at work leaves the rest to the next slot.
exec 9> .crieur.lock
flock --nonblock 9 || exit 0

# It builds, brings what changed (feeds last, or all at once: `--switch`), looks whether it is there, and tells the
# hubs. Nothing is deleted over there but files of its own; what a run missed, the next one makes good.
crieur publish "$target" --keep-going --quiet
