#include "facts/secrets_ignore.h"

#include "base/vec.h"

static bool is_hex(struct str text) {
        for (size_t i = 0; i < text.len; i++)
                if (!(text.ptr[i] >= '0' && text.ptr[i] <= '9') &&
                    !(text.ptr[i] >= 'a' && text.ptr[i] <= 'f'))
                        return false;
        return true;
}

/* A path may have colons too: what stands before it is a commit only where it looks like one. */
static void split_commit(struct secrets_ignore *ignore) {
        struct str commit, file;

        if (!str_cut(ignore->file, ':', &commit, &file) || !is_hex(commit) ||
            (commit.len != 40 && commit.len != 64))
                return;
        ignore->commit = commit;
        ignore->file = file;
}

static bool parse_line(struct str line, struct secrets_ignore *ret_ignore) {
        struct str rest, number;
        uint64_t value;

        line = str_trim(line);
        if (str_has_prefix(line, STR("#")) || !str_cut_last(line, ':', &rest, &number) ||
            !str_to_u64(number, &value) || value > UINT32_MAX ||
            !str_cut_last(rest, ':', &ret_ignore->file, &ret_ignore->rule))
                return false;
        ret_ignore->line = (uint32_t)value;
        ret_ignore->commit = STR_NONE;
        split_commit(ret_ignore);
        return true;
}

void secrets_ignore_parse(struct arena *arena, struct str text, struct secrets_options *options) {
        VEC(struct secrets_ignore) ignores = { 0 };
        struct secrets_ignore ignore;
        struct str line;

        while (str_next_line(&text, &line))
                if (parse_line(line, &ignore))
                        *VEC_ADD(arena, &ignores) = ignore;
        options->ignores = ignores.items;
        options->ignore_count = ignores.count;
}
