/* data/markup.h: text inside XML, HTML, Markdown and URIs. */
#pragma once

#include "base/buf.h"

/* Text or an attribute's value: & < > " ' escaped; what is not UTF-8 and what XML 1.0 forbids
 * (controls other than tab, LF, CR; U+FFFE, U+FFFF) becomes U+FFFD. Fits HTML as well. */
void markup_xml(struct buf *out, struct str text);

/* Text in a Markdown line or table cell: what Markdown or HTML would act on is escaped, line ends
 * and other controls become spaces. */
void markup_markdown(struct buf *out, struct str text);

/* A relative path as a URI reference: every byte that is not unreserved (RFC 3986, section 2.3) or
 * "/" is percent-encoded. */
void markup_uri_path(struct buf *out, struct str path);
