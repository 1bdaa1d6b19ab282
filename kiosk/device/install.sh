#!/bin/sh
# Makes a ticket machine of a small computer with Debian 12 or 13. Run it as root, as often as you like: what is there
# already is brought up to date, settings and what waits to be handed in stay.
#
#   SKIP_PACKAGES=1         the Debian packages are there already: apt is not asked
#   ONESTOP_KIOSK_WHEELS=   a folder with the Python packages, for a machine without the network
set -eu

here=$(cd "$(dirname "$0")" && pwd)
agent=$here/../agent
home=/opt/onestop-kiosk
settings=/etc/onestop-kiosk.toml
user=onestop-kiosk

# Chromium alone on the screen (cage, which does not start without xwayland; logind gives it screen and touch), Python for
# the agent, letters for every language; wlr-randr turns the picture, alsa-utils the sound up.
packages="python3 python3-venv ca-certificates chromium cage wlr-randr alsa-utils xwayland systemd libpam-systemd dbus libusb-1.0-0 fonts-noto-core fonts-noto-cjk"

stop() {
  echo "$1" >&2
  exit 1
}

debian() {
  [ "$(id -u)" -eq 0 ] || stop "Please run this as root: sudo $0"
  [ -f "$agent/requirements.txt" ] || stop "The folder kiosk/agent must stand beside kiosk/device; please copy all of kiosk/."
  version=$(sed -n 's/^VERSION_ID="\{0,1\}\([0-9]*\).*/\1/p' /etc/os-release 2>/dev/null || true)
  if ! grep -qx 'ID=debian' /etc/os-release 2>/dev/null || [ "${version:-0}" -lt 12 ]; then
    stop "This is not Debian 12 or newer. A ticket machine needs it."
  fi
}

install_packages() {
  if [ -z "${SKIP_PACKAGES:-}" ]; then
    command -v apt-get >/dev/null || stop "There is no apt-get. Please install these packages: $packages. Then: SKIP_PACKAGES=1 $0"
    apt-get update -qq -o APT::Update::Error-Mode=any || stop "apt-get cannot reach its packages. Is the network plugged in?"
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages ||
      stop "The packages could not be installed. What apt-get said stands above."
  fi
  for command in python3 chromium cage wlr-randr amixer; do
    command -v "$command" >/dev/null || stop "$command is missing. Please install these packages: $packages"
  done
}

make_user() {
  getent passwd "$user" >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/onestop-kiosk --no-create-home --shell /usr/sbin/nologin "$user"
  install -d -m 700 -o "$user" -g "$user" /var/lib/onestop-kiosk
}

install_agent() {
  # A new release of Debian brings a new Python: what was built for the old one is built anew.
  "$home/bin/python" -c 'import pip' 2>/dev/null || python3 -m venv --clear "$home"
  set -- --quiet --disable-pip-version-check
  if [ -n "${ONESTOP_KIOSK_WHEELS:-}" ]; then set -- "$@" --no-index --find-links "$ONESTOP_KIOSK_WHEELS"; fi
  "$home/bin/python" -m pip install "$@" --require-hashes -r "$agent/requirements.txt" ||
    stop "The Python packages could not be installed. Is the network plugged in? ONESTOP_KIOSK_WHEELS names a folder that has them."
  packages_here=$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  rm -rf "$packages_here/onestop_kiosk"
  cp -r "$agent/onestop_kiosk" "$packages_here/"
  chmod -R u=rwX,go=rX "$packages_here/onestop_kiosk"
  "$home/bin/python" -m compileall -q "$packages_here/onestop_kiosk"
}

install_files() {
  install -m 755 -t "$home" "$here/screen" "$here/sound"
  install -D -m 755 "$here/pair" /usr/local/sbin/onestop-kiosk-pair
  install -D -m 644 -t /etc/systemd/system "$here/onestop-kiosk.service" "$here/onestop-screen.service" "$here/onestop-sound.service"
  install -D -m 644 "$here/onestop-screen.pam" /etc/pam.d/onestop-screen
  [ -e "$settings" ] || install -m 644 "$here/onestop-kiosk.toml" "$settings"
  port=$(sed -n 's/^port *= *\([0-9]*\).*/\1/p' "$settings")
  install -d -m 755 /etc/chromium/policies/managed
  # Of the developer tools only those of web pages are shut: Chromium draws papers by means of its own.
  sed "s/:8765/:${port:-8765}/" "$here/chromium-policy.json" >/etc/chromium/policies/managed/onestop-kiosk.json
  chmod 644 /etc/chromium/policies/managed/onestop-kiosk.json
}

# What is plugged in later sounds too, and a finger is where it points on a picture that was turned.
install_rules() {
  case $(sed -n 's/^rotate *= *\([0-9]*\).*/\1/p' "$settings") in
    90) matrix="0 -1 1 1 0 0" ;;
    180) matrix="-1 0 1 0 -1 1" ;;
    270) matrix="0 1 0 -1 0 1" ;;
    *) matrix="1 0 0 0 1 0" ;;
  esac
  install -d -m 755 /etc/udev/rules.d
  cat >/etc/udev/rules.d/99-onestop-kiosk.rules <<RULES
ACTION=="add", SUBSYSTEM=="sound", KERNEL=="controlC*", TAG+="systemd", ENV{SYSTEMD_WANTS}+="onestop-sound.service"
ENV{ID_INPUT_TOUCHSCREEN}=="1", ENV{LIBINPUT_CALIBRATION_MATRIX}="$matrix"
RULES
}

enable_units() {
  # Where systemd does not run, as under chroot, this only writes the links for the next start.
  systemctl --quiet enable onestop-kiosk.service onestop-screen.service onestop-sound.service
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    udevadm control --reload && udevadm trigger --settle --subsystem-match=input
    systemctl restart onestop-sound.service onestop-kiosk.service onestop-screen.service
  fi
}

debian
install_packages
make_user
install_agent
install_files
install_rules
enable_units
echo "Installed. Next: write the address of the server and the printer into $settings,"
echo "then pair this machine with the six digits of the organiser: onestop-kiosk-pair 123456"
