#include "hook/script.h"

#include "base/buf.h"
#include "data/digest.h"

/* The second line of every script, by which a script of ours is known: the name of the hook, weir's
 * version, and the SHA-256 of all other lines. */
#define MARK "# weir-hook: "
#define FIRST_LINE "#!/bin/sh\n"
#define MARK_SUM ", sha256 "
#define MARK_LINE 2
#define MARK_LINE_MAX 20 /* where an edit may have moved it */

static const struct {
        const char *name;
        const char *words;             /* of weir, after its name */
        bool has_input;                /* git tells it something on standard input */
        const char *what_en, *what_zh; /* is refused where weir is missing */
} hooks[HOOK_COUNT] = {
        [HOOK_PRE_COMMIT] = { "pre-commit", "hook run pre-commit", false, "commit", "提交" },
        [HOOK_PRE_MERGE_COMMIT] = { "pre-merge-commit", "hook run pre-merge-commit", false, "merge",
                                    "合并" },
        [HOOK_COMMIT_MSG] = { "commit-msg", "hook run commit-msg", false, "commit", "提交" },
        [HOOK_PRE_PUSH] = { "pre-push", "hook run pre-push", true, "push", "推送" },
        [HOOK_PRE_RECEIVE] = { "pre-receive", "hook pre-receive", true, "push", "推送" },
};

const char *hook_name(enum hook hook) {
        return hooks[hook].name;
}

bool hook_parse(struct str name, enum hook *ret_hook) {
        for (size_t i = 0; i < HOOK_COUNT; i++)
                if (str_eq(name, str_of(hooks[i].name))) {
                        *ret_hook = (enum hook)i;
                        return true;
                }
        return false;
}

bool hook_is_of_server(enum hook hook) {
        return hook == HOOK_PRE_RECEIVE;
}

/* As one word of a shell. */
static void add_quoted(struct buf *out, struct str text) {
        buf_add_char(out, '\'');
        for (size_t i = 0; i < text.len; i++) {
                if (text.ptr[i] == '\'')
                        buf_add(out, STR("'\\''"));
                else
                        buf_add_char(out, text.ptr[i]);
        }
        buf_add_char(out, '\'');
}

/* A folder passes -x too. */
static void add_search(struct buf *out, enum hook hook, struct str weir) {
        if (weir.len) {
                buf_add(out, STR("weir="));
                add_quoted(out, weir);
                buf_add(out, STR("\n{ [ -f \"$weir\" ] && [ -x \"$weir\" ]; } || "));
        }
        buf_printf(out,
                   "weir=$(command -v weir) || {\n"
                   "        case ${LC_ALL:-${LC_MESSAGES:-${LANG-}}} in\n"
                   "        zh*)\n"
                   "                echo 'weir: 本机没有 weir，无法检查，%s被拒绝' >&2\n"
                   "                echo '      安装：sudo install -m 755 build/weir "
                   "/usr/local/bin/weir（先在 weir 源码目录运行 ./dev build）' >&2\n"
                   "                ;;\n"
                   "        *)\n"
                   "                echo 'weir: not on this machine, so nothing was judged: the %s "
                   "is refused' >&2\n"
                   "                echo '      install it: sudo install -m 755 build/weir "
                   "/usr/local/bin/weir   (after ./dev build in the source of weir)' >&2\n"
                   "                ;;\n"
                   "        esac\n"
                   "        exit 1\n"
                   "}\n",
                   hooks[hook].what_zh, hooks[hook].what_en);
}

static void add_chain(struct buf *out, enum hook hook, bool for_husky) {
        const char *feed = hooks[hook].has_input ? "printf %s \"${input%.}\" | " : "";

        /* $(...) drops final line ends; the dot keeps them. */
        if (hooks[hook].has_input)
                buf_add(out, STR("input=$(cat; echo .)\n"));
        buf_printf(out,
                   "if [ %s \"$old\" ]; then\n"
                   "        %s%s\"$old\" \"$@\" || exit\n"
                   "fi\n",
                   for_husky ? "-f" : "-x", feed, for_husky ? "sh -e " : "");
        buf_printf(out, "%s%s\"$weir\" %s \"$@\"\n", feed, *feed ? "" : "exec ", hooks[hook].words);
}

/* Through "..", so that it is found where the folder of hooks is a symlink too. */
static void add_old(struct buf *out, enum hook hook, struct str kept_name) {
        buf_add(out, STR("case $0 in */*) old=${0%/*} ;; *) old=. ;; esac\nold=$old/../"));
        add_quoted(out, kept_name);
        buf_printf(out, "/%s\n", hooks[hook].name);
}

struct str hook_script(struct arena *arena, enum hook hook,
                       const struct hook_script_options *options) {
        struct buf rest = buf_make(arena);
        struct digest_hasher hasher;
        struct digest digest;

        buf_add(&rest, STR("# `weir hook install` writes this file anew; `weir hook uninstall` "
                           "puts back what was here.\n"));
        add_old(&rest, hook, options->kept_name);
        add_search(&rest, hook, options->weir);
        add_chain(&rest, hook, options->for_husky);
        digest_begin(&hasher);
        digest_add(&hasher, STR(FIRST_LINE));
        digest_add(&hasher, buf_str(&rest));
        digest = digest_end(&hasher);
        return str_fmt(arena, FIRST_LINE MARK "%s, weir " WEIR_VERSION MARK_SUM "%.*s\n%.*s",
                       hooks[hook].name, STR_ARG(digest_hex(arena, &digest)),
                       STR_ARG(buf_str(&rest)));
}

/* ---- whose script it is ---- */

/* The number of the line that marks a script of ours, from 1; 0: none. */
static unsigned mark_line(struct str text, struct str *ret_line) {
        for (unsigned number = 1; number <= MARK_LINE_MAX && str_next_line(&text, ret_line);
             number++)
                if (str_has_prefix(*ret_line, STR(MARK)))
                        return number;
        return 0;
}

/* Of all lines but the mark and, where `path_aside`, the one that names weir's path. */
static struct digest sum_of(struct str text, bool path_aside) {
        struct digest_hasher hasher;

        digest_begin(&hasher);
        for (unsigned number = 1; text.len; number++) {
                size_t end = str_find(text, '\n');
                struct str line = str_slice(text, 0, end == SIZE_MAX ? text.len : end + 1);

                if (number != MARK_LINE && !(path_aside && str_has_prefix(line, STR("weir="))))
                        digest_add(&hasher, line);
                text = str_slice(text, line.len, text.len);
        }
        return digest_end(&hasher);
}

/* The scripts of weir 0.1.0 before the mark told a sum: sums without weir's path. */
static bool is_of_former_weir(struct str text) {
        static const char *const sums[] = {
                "100c5d360631c89765eb0e0b5e7c861e4d52747d257e064dab879deac6d9a314",
                "7de4b2b1d6158c64a768d95a81d14bd20f55df1099faf93fb68569be9dddf1f8",
                "f65c1917c972ba6c5d4a609d2999235f61cec88f0d01b85328091fc7515ca3f7",
                "1a592a6109ea7a0addc482bdf1a2380a246ef7781e656cefde5b9421a3b67e92",
                "7181975551f7d5f5d46256805ff08857fcc3869b2aff16db69b8056b1ae8d7e3",
                "4b392bd7d952dead4f69d838efaac0d3d48f3c87ba44546d32f0227ba81a5ac4",
                "860f34fc96626530e44aecc80b22a206346da48d652a5a07dc0b3f2f9ffb4fa1",
                "28b396dec1b17d95be56547ef3ffa5787473035e7a2b27e793cc391135838eb3",
        };
        struct digest digest = sum_of(text, true);
        char hex[DIGEST_HEX_SIZE];

        digest_to_hex(&digest, hex);
        for (size_t i = 0; i < COUNT_OF(sums); i++)
                if (str_eq((struct str){ hex, sizeof(hex) }, str_of(sums[i])))
                        return true;
        return false;
}

bool hook_script_is_unedited(struct str text) {
        struct str line, sum;
        struct digest digest;
        char hex[DIGEST_HEX_SIZE];
        size_t at;

        if (mark_line(text, &line) != MARK_LINE)
                return false;
        at = str_find_str(line, STR(MARK_SUM));
        if (at == SIZE_MAX)
                return is_of_former_weir(text);
        sum = str_slice(line, at + sizeof(MARK_SUM) - 1, line.len);
        digest = sum_of(text, false);
        digest_to_hex(&digest, hex);
        return str_eq((struct str){ hex, sizeof(hex) }, sum);
}

enum hook_owner hook_owner_of(struct str text) {
        static const struct {
                enum hook_owner owner;
                struct str part;
        } marks[] = {
                { HOOK_OWNER_LEFTHOOK, STR_INIT("call_lefthook") },
                { HOOK_OWNER_PRE_COMMIT, STR_INIT("File generated by pre-commit") },
                { HOOK_OWNER_PRE_COMMIT, STR_INIT("-mpre_commit") },
        };
        struct str line;

        if (mark_line(text, &line))
                return HOOK_OWNER_WEIR;
        for (size_t i = 0; i < COUNT_OF(marks); i++)
                if (str_contains(text, marks[i].part))
                        return marks[i].owner;
        return HOOK_OWNER_OTHER;
}
