#!/bin/sh
# Makes build/weir_VERSION_amd64.deb and build/weir-VERSION-linux-amd64.tar.gz with its SHA-256.
# The man pages, the completions and the rules' pages come from the program itself.
set -eu
cd "$(dirname "$0")/.."
version=$(cat VERSION)
weir=build/weir
root=build/package/root
rm -rf build/package
mkdir -p "$root/DEBIAN" "$root/usr/bin" "$root/usr/share/doc/weir" "$root/usr/share/man/man1" \
        "$root/usr/share/man/zh_CN/man1" "$root/usr/share/bash-completion/completions" \
        "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"

install -m 755 "$weir" "$root/usr/bin/weir"
"$weir" docs man --lang en | gzip -9n >"$root/usr/share/man/man1/weir.1.gz"
"$weir" docs man --lang zh | gzip -9n >"$root/usr/share/man/zh_CN/man1/weir.1.gz"
"$weir" completion bash --lang en >"$root/usr/share/bash-completion/completions/weir"
"$weir" completion zsh --lang en >"$root/usr/share/zsh/vendor-completions/_weir"
"$weir" completion fish --lang en >"$root/usr/share/fish/vendor_completions.d/weir.fish"
gzip -9n <NEWS.md >"$root/usr/share/doc/weir/NEWS.md.gz"
cat >"$root/usr/share/doc/weir/copyright" <<TEXT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: weir

Files: *
Copyright: the weir authors
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
 The program contains libgit2 (GPL-2.0 with linking exception), jansson, libfyaml, libdeflate (MIT),
 PCRE2, zlib, mbedTLS, libssh2, OpenSSL (Apache-2.0 and their own licences), linked statically from
 Debian's packages.
TEXT
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f ! -path '*/bin/*' -exec chmod 644 {} +
cat >"$root/DEBIAN/control" <<TEXT
Package: weir
Version: $version
Architecture: amd64
Maintainer: the weir authors <weir@example.com>
Depends: libc6 (>= 2.36)
Recommends: git, libcurl4
Section: devel
Priority: optional
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Description: judges a Go delivery before it reaches production
 weir checks go.mod, go.sum and vendor/ of a Go repository against the module
 cache, the go command's own rules and a snapshot of the vulnerability
 database, and gives evidence with every verdict.
TEXT
dpkg-deb --root-owner-group --build "$root" "build/weir_${version}_amd64.deb" >/dev/null

name=weir-$version-linux-amd64
mkdir -p "build/package/$name"
cp "$weir" LICENSE README.md README.zh-CN.md NEWS.md "build/package/$name"
cp -R "$root/usr/share/man" "build/package/$name/man"
mkdir -p "build/package/$name/completion"
cp "$root/usr/share/bash-completion/completions/weir" "build/package/$name/completion/weir.bash"
cp "$root/usr/share/zsh/vendor-completions/_weir" "$root/usr/share/fish/vendor_completions.d/weir.fish" \
        "build/package/$name/completion"
tar -C build/package --sort=name --owner=0 --group=0 --numeric-owner --mtime='2026-01-01 00:00:00Z' \
        -czf "build/$name.tar.gz" "$name"
(cd build && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
rm -rf build/package
echo "build/weir_${version}_amd64.deb"
echo "build/$name.tar.gz"
