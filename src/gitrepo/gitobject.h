/* gitrepo/gitobject.h: the parts of commits, trees and tags. Bytes in, views out.
 *
 * Source: git's Documentation/user-manual, "Object storage format"; git-fast-import(1), identities.
 */
#pragma once

#include "base/str.h"

struct commit_parts {
        struct str tree;    /* hexadecimal */
        struct str parents; /* lines "parent HEX"; taken by commit_next_parent */
        struct str author;  /* "Name <address>" */
        struct str message;
        int64_t time; /* of the committer, seconds since 1970 UTC; 0 where it cannot be read */
};

/* False where bytes are no commit. */
bool commit_parse(struct str bytes, struct commit_parts *ret_parts);
bool commit_next_parent(struct str *parents, struct str *ret_hex);

struct tag_parts {
        struct str object; /* hexadecimal: what it points at */
        struct str name, tagger, message;
};

bool tag_parse(struct str bytes, struct tag_parts *ret_parts);

struct tree_part {
        struct str name;
        const unsigned char *id;
        bool is_tree, is_commit, is_symlink; /* is_commit: of another repository */
};

/* Takes the next entry off. False at the end, and where bytes are no tree: then they are not empty.
 */
bool tree_next(struct str *bytes, size_t id_size, struct tree_part *ret_part);
