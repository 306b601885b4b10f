@if URL
bin=@BIN@
mkdir -p "$bin"
curl --fail --silent --show-error --location --retry 3 --proto '=https' \
  --output "$bin/download" "$WEIR_URL"
printf '%s  %s\n' "$WEIR_SHA256" "$bin/download" | sha256sum --check --strict -
@if ARCHIVE
tar -xzf "$bin/download" -C "$bin"
mv "$(find "$bin" -type f -name weir | head -n 1)" "$bin/weir.new"
mv "$bin/weir.new" "$bin/weir"
@else
mv "$bin/download" "$bin/weir"
@end
chmod 755 "$bin/weir"
"$bin/weir" --version
@EXPORT@
@else
# No URL is known from which weir could be downloaded, so it must be on this runner's PATH. To have
# it downloaded and its SHA-256 checked: weir init @PLATFORM@ --weir-url URL#sha256=HEX --force
if ! command -v weir >/dev/null; then
  echo "@ERROR_MARK@weir is not on the PATH of this runner: install it there, or write this file anew with: weir init @PLATFORM@ --weir-url 'URL#sha256=HEX' --force" >&2
  exit 1
fi
weir --version
@end
