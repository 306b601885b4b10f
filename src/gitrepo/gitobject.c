#include "gitrepo/gitobject.h"

/* Takes "NAME SP VALUE LF" off; false, and nothing is taken, where the next line has another name.
 */
static bool take_header(struct str *rest, struct str name, struct str *ret_value) {
        struct str at = *rest, line;

        if (!str_next_line(&at, &line) || !str_has_prefix(line, name) || line.len <= name.len ||
            line.ptr[name.len] != ' ')
                return false;
        *ret_value = str_slice(line, name.len + 1, line.len);
        *rest = at;
        return true;
}

/* "Name <address> SECONDS ZONE" */
static struct str take_identity(struct str value, int64_t *ret_time) {
        size_t end = str_find_last(value, '>');
        struct str rest, word;
        uint64_t seconds;

        if (end == SIZE_MAX)
                return value;
        rest = str_slice(value, end + 1, value.len);
        if (ret_time && str_next_word(&rest, &word) && str_to_u64(word, &seconds) &&
            seconds <= INT64_MAX)
                *ret_time = (int64_t)seconds;
        return str_slice(value, 0, end + 1);
}

/* What follows the first empty line. */
static struct str message_of(struct str rest) {
        struct str line;

        while (str_next_line(&rest, &line))
                if (!line.len)
                        return rest;
        return STR_NONE;
}

bool commit_parse(struct str bytes, struct commit_parts *ret_parts) {
        struct commit_parts parts = { 0 };
        struct str rest = bytes, value;

        if (!take_header(&rest, STR("tree"), &parts.tree))
                return false;
        parts.parents.ptr = rest.ptr;
        while (take_header(&rest, STR("parent"), &value))
                parts.parents.len = (size_t)(rest.ptr - parts.parents.ptr);
        if (!take_header(&rest, STR("author"), &value))
                return false;
        parts.author = take_identity(value, NULL);
        if (take_header(&rest, STR("committer"), &value))
                (void)take_identity(value, &parts.time);
        parts.message = message_of(rest);
        *ret_parts = parts;
        return true;
}

bool commit_next_parent(struct str *parents, struct str *ret_hex) {
        return take_header(parents, STR("parent"), ret_hex);
}

bool tag_parse(struct str bytes, struct tag_parts *ret_parts) {
        struct tag_parts parts = { 0 };
        struct str rest = bytes, value;

        if (!take_header(&rest, STR("object"), &parts.object) ||
            !take_header(&rest, STR("type"), &value) ||
            !take_header(&rest, STR("tag"), &parts.name))
                return false;
        if (take_header(&rest, STR("tagger"), &value))
                parts.tagger = take_identity(value, NULL);
        parts.message = message_of(rest);
        *ret_parts = parts;
        return true;
}

bool tree_next(struct str *bytes, size_t id_size, struct tree_part *ret_part) {
        struct str mode, rest, name;

        if (!bytes->len || !str_cut(*bytes, ' ', &mode, &rest) ||
            !str_cut(rest, '\0', &name, &rest) || rest.len < id_size)
                return false;
        *ret_part = (struct tree_part){
                .name = name,
                .id = (const unsigned char *)rest.ptr,
                .is_tree = str_eq(mode, STR("40000")) || str_eq(mode, STR("040000")),
                .is_commit = str_eq(mode, STR("160000")),
                .is_symlink = str_eq(mode, STR("120000")),
        };
        *bytes = str_slice(rest, id_size, rest.len);
        return true;
}
