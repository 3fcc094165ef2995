#!/usr/bin/env bash
# Publishes the newsroom from a machine of your own. `crieur init --ci cron` writes it beside
# crieur.toml; set `target`, and add this to the crontab (`crontab -e`):
#
#     MAILTO=webmaster@example.org
#     13 9,12,16 * * * /srv/newsroom/cron.sh
#
# An item with an error is held back and the rest is published; the exit code is kept. With a
# wrong configuration nothing is published. When all is well it prints nothing, so that cron
# sends an e-mail only when there is something to do.
set -euo pipefail

# The folder of crieur.toml, and where the web server has its files (rsync knows user@host:path).
newsroom=${NEWSROOM:-$(dirname "$0")}
target=${TARGET:-/var/www/presse/}

# cron starts with a short PATH; `cargo install` puts the program here.
PATH="$PATH:${HOME:-/root}/.cargo/bin"
cd "$newsroom"

# One run at a time: a run that finds another one at work leaves the rest to the next slot.
exec 9> .crieur.lock
flock --nonblock 9 || exit 0

code=0
crieur build --keep-going --quiet || code=$?

case $code in
0 | 1)
    # Pages and attachments first, feeds last: a feed never announces a page that is not there.
    # Nothing is deleted over there, because other things may live beside the newsroom.
    rsync --archive --exclude='.*' --exclude='/feed.*' public/ "$target"
    rsync --archive --exclude='.*' public/ "$target"
    ;;
esac

# Last, so that what is good is out first: 1 means that an item was held back.
exit "$code"
