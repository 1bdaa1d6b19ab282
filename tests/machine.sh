#!/usr/bin/env bash
# What the tests need from the machine. On Debian as root or with sudo the missing packages are installed;
# elsewhere the script says what is missing. ONESTOP_TEST_PG replaces the PostgreSQL server.
set -euo pipefail

missing=()
if [ -z "${ONESTOP_TEST_PG:-}" ] && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  missing+=(postgresql)
fi
command -v chromium >/dev/null || missing+=(chromium)
command -v espeak-ng >/dev/null || missing+=(espeak-ng)
command -v opusenc >/dev/null || missing+=(opus-tools)
command -v strace >/dev/null || missing+=(strace)
command -v caddy >/dev/null || missing+=(caddy)
command -v zbarimg >/dev/null || missing+=(zbar-tools)
command -v debootstrap >/dev/null || missing+=(debootstrap)
compgen -G '/usr/share/fonts/truetype/noto/NotoSansArabic*' >/dev/null || missing+=(fonts-noto-core)
compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)

if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get >/dev/null; then
  echo "The tests need these Debian packages, or what stands for them here: ${missing[*]}" >&2
  exit 2
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "The tests need these packages; please install them as root: apt-get install ${missing[*]}" >&2
    exit 2
  fi
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
