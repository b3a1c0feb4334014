#!/bin/bash
# Installs govnet on a fresh Debian 12 or newer, with nginx and TLS in front of it. Called again, it changes only what is not
# as it should be. As root, in the folder that holds the wheel and its lock files:
#
#   bash install.sh --site network.example.org --certbot you@example.org --mail-password-file /root/relay-password \
#     -- --mail-server smtp.example.org --mail-user govnet@example.org
#
# The options after -- go to `govnet init --settings`; its help lists them. `govnet guide` has the rest.
set -euo pipefail

usage() {
    cat <<'END'
bash install.sh --site NAME (--certbot ADDRESS | --certificate FILE --key FILE) [more] [-- options of govnet init]
  --site NAME                 the host name of the site
  --certbot ADDRESS           get a certificate from Let's Encrypt, which writes to ADDRESS if something is wrong
  --certificate FILE          the certificate, with the intermediate ones (fullchain.pem) ...
  --key FILE                  ... and its key
  --mail-password-file FILE   a file that holds only the relay's password
  --cluster                   also install the libraries for PostgreSQL and Redis (give --database-url and --redis-url after --)
  --replies                   Postfix accepts mail for replies+...@NAME and hands it to govnet (LMTP, 127.0.0.1:8024)
  --dry-run                   print the steps, and do nothing
END
}

here=$(cd "$(dirname "$0")" && pwd)
home=/srv/govnet settings=/etc/govnet/settings.env backups=/var/backups/govnet
site='' certbot='' certificate='' key='' password='' lock=requirements.lock replies='' dry='' init=()

while [ $# -gt 0 ]; do
    case $1 in
        --site | --certbot | --certificate | --key | --mail-password-file)
            [ $# -ge 2 ] || { echo "$1 needs a value." >&2; exit 2; }
            case $1 in
                --site) site=$2 ;;
                --certbot) certbot=$2 ;;
                --certificate) certificate=$2 ;;
                --key) key=$2 ;;
                --mail-password-file) password=$2 ;;
            esac
            shift
            ;;
        --cluster) lock=requirements-cluster.lock ;;
        --replies) replies=yes ;;
        --dry-run) dry=yes ;;
        --help) usage; exit 0 ;;
        --) shift; init=("$@"); break ;;
        *) echo "Unknown: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

wrong() { echo "$1" >&2; exit 2; }
step() { printf '\n== %s\n' "$1"; }
run() {
    printf '   %s\n' "$*"
    [ -n "$dry" ] || "$@"
}
write() { # FILE, its content on standard input
    printf '   write %s\n' "$1"
    if [ -n "$dry" ]; then cat >/dev/null; else cat >"$1"; fi
}
running() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null; }

[[ $site =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] || wrong "Give the host name of the site: --site network.example.org"
if [ -z "$certbot" ]; then
    if [ -z "$certificate" ] || [ -z "$key" ]; then
        wrong "Give the source of the certificate: --certbot ADDRESS, or --certificate FILE --key FILE"
    fi
    for file in "$certificate" "$key"; do
        [ -r "$file" ] || wrong "$file cannot be read."
    done
fi
[ -z "$password" ] || [ -r "$password" ] || wrong "$password cannot be read."
[ -n "$dry" ] || [ "$(id -u)" = 0 ] || wrong "Call it as root: sudo bash $0"
wheels=("$here"/govnet-*.whl)
if [ ! -e "${wheels[0]}" ] || [ ${#wheels[@]} != 1 ]; then wrong "There has to be one wheel, govnet-….whl, in $here."; fi
wheel=${wheels[0]}

step "Debian packages"
export DEBIAN_FRONTEND=noninteractive
packages=(python3 python3-venv nginx-light)
[ -z "$certbot" ] || packages+=(certbot)
[ -z "$replies" ] || packages+=(postfix)
[ "$lock" = requirements.lock ] || packages+=(postgresql-client)
missing=()
for name in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
done
if [ ${#missing[@]} -gt 0 ]; then
    run apt-get update -qq
    run apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

step "The user govnet, and folders"
id govnet >/dev/null 2>&1 || run useradd --system --home-dir "$home" --no-create-home --shell /usr/sbin/nologin govnet
run install -d -m 755 "$home" "$home/releases"
run install -d -m 700 -o govnet -g govnet "$home/data" "$backups"
run install -d -m 750 -o govnet -g govnet /etc/govnet

step "The program"
release="$home/releases/$(basename "$wheel" .whl)-$(cat "$wheel" "$here/$lock" | sha256sum | cut -c1-12)"
if [ ! -e "$release/whole" ]; then
    run rm -rf "$release"
    run python3 -m venv "$release"
    run "$release/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/$lock"
    run "$release/bin/pip" install --quiet --disable-pip-version-check --no-deps "$wheel"
    run touch "$release/whole"
fi
if [ ! -e "$home/venv" ]; then
    run ln -sfn "$release" "$home/venv"
elif [ "$(readlink -f "$home/venv")" != "$release" ]; then
    wrong "Another release is installed already. To upgrade it to this one, call: bash upgrade.sh"
fi
run install -m 755 "$here/govnet" /usr/local/bin/govnet

step "Settings and database"
if [ -e "$settings" ]; then
    echo "   $settings exists already and was not changed."
else
    options=(--site-url "https://$site" --data "$home/data" --trusted-proxies 1 "${init[@]}")
    if [ -n "$password" ]; then
        run install -m 400 -o govnet "$password" /etc/govnet/relay-password
        options+=(--mail-password-file /etc/govnet/relay-password)
    fi
    trap 'rm -f /etc/govnet/relay-password' EXIT
    run runuser -u govnet -- "$home/venv/bin/govnet" init --settings "$settings" "${options[@]}"
fi
if [ -n "$replies" ] && [ -z "$dry" ] && ! grep -q '^MAIL_REPLIES=' "$settings"; then
    printf 'MAIL_REPLIES=replies+{token}@%s\nLMTP_LISTEN=127.0.0.1:8024\n' "$site" >>"$settings"
fi

step "systemd units"
for unit in govnet.service govnet-backup.service govnet-backup.timer; do
    run install -m 644 "$here/$unit" "/etc/systemd/system/$unit"
done

step "nginx"
if [ -n "$certbot" ]; then
    certificate=/etc/letsencrypt/live/$site/fullchain.pem key=/etc/letsencrypt/live/$site/privkey.pem
    [ -e "$certificate" ] || run certbot certonly --non-interactive --agree-tos --email "$certbot" --webroot \
        --webroot-path /var/www/html --domain "$site" --deploy-hook "systemctl reload nginx"
fi
sed -e "s|/etc/letsencrypt/live/network.example.org/fullchain.pem|$(readlink -f "$certificate" || echo "$certificate")|" \
    -e "s|/etc/letsencrypt/live/network.example.org/privkey.pem|$(readlink -f "$key" || echo "$key")|" \
    -e "s|network\.example\.org|$site|g" "$here/nginx.conf" | write /etc/nginx/sites-available/govnet
run ln -sfn ../sites-available/govnet /etc/nginx/sites-enabled/govnet
run nginx -t

if [ -n "$replies" ]; then
    step "Postfix: mail for replies+...@$site"
    for name in relay_domains relay_recipient_maps transport_maps; do
        said=$(postconf -hn "$name" 2>/dev/null || true)
        case $said in
            '' | "$site" | regexp:/etc/postfix/govnet-*) ;;
            *) wrong "Postfix has its own $name ($said). Add what the guide says (section 4) by hand, and leave out --replies." ;;
        esac
    done
    name=${site//./\\.}
    write /etc/postfix/govnet-recipients <<<"/^replies\\+[a-z]+-[a-z2-7]{20,50}@$name\$/ OK"
    write /etc/postfix/govnet-transport <<<"/^replies\\+.*@$name\$/ lmtp:inet:127.0.0.1:8024"
    run postconf -e "relay_domains = $site" 'relay_recipient_maps = regexp:/etc/postfix/govnet-recipients' \
        'transport_maps = regexp:/etc/postfix/govnet-transport' 'message_size_limit = 10485760'
    run postfix check
fi

step "Start"
if [ -n "$dry" ]; then
    echo "   Nothing was done: this was a dry run."
    exit 0
elif running; then
    run systemctl daemon-reload
    run systemctl enable --now --quiet govnet.service govnet-backup.timer nginx
    run systemctl reload nginx
    [ -z "$replies" ] || run systemctl reload-or-restart postfix
    run govnet doctor || true
else
    if command -v systemctl >/dev/null; then
        run systemctl enable --quiet govnet.service govnet-backup.timer
    fi
    echo "   systemd does not run here, so nothing was started. It starts with the machine, or with: systemctl start govnet govnet-backup.timer nginx"
fi
printf '\nhttps://%s is installed. Next: govnet operator give ADDRESS --name NAME. The link printed above founds the network.\n' "$site"
