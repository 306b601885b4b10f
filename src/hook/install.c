#include "hook/install.h"

#include "sys/file.h"

#define SCRIPT_MODE 0777  /* less the umask */
#define SIBLINGS_MAX 1000 /* files beside the hooks that a kept one may ask for */
#define EDITED_MAX 1000   /* copies of one edited script */
#define EDITED_SUFFIX ".weir-edited"

/* One name in the folder of hooks. */
struct slot {
        struct str path;
        bool exists, is_symlink, is_file; /* is_file: behind a symlink too */
        unsigned mode;                    /* of the file, 0 where there is none */
        bool is_readable;
        struct str text; /* where it is readable */
        struct str link; /* of a symlink: its text */
        enum hook_owner owner;
        struct err why; /* where it is not readable */
};

static struct slot look_at(struct arena *arena, struct str path) {
        struct slot slot = { .path = path };
        struct str real;
        struct stat st;
        struct err ignored;

        if (!file_lstat(path, &st)) {
                /* In a folder that may not be searched nobody can say what is there. */
                slot.exists = !file_read(arena, path, HOOK_TEXT_MAX, &slot.text, &slot.why) &&
                              slot.why.code != ERR_NOT_FOUND;
                return slot;
        }
        slot.exists = true;
        slot.is_symlink = S_ISLNK(st.st_mode);
        if (slot.is_symlink)
                (void)!file_read_link(arena, path, &slot.link, &ignored);
        if (file_real_path(arena, path, &real, &ignored) && file_lstat(real, &st))
                slot.mode = st.st_mode & 07777;
        slot.is_file = file_is_regular(path);
        slot.is_readable = file_read(arena, path, HOOK_TEXT_MAX, &slot.text, &slot.why);
        /* A program of many megabytes is nothing that weir writes; nor is a link to nowhere. */
        if (slot.is_readable)
                slot.owner = hook_owner_of(slot.text);
        else
                slot.is_readable = slot.why.code == ERR_LIMIT ||
                                   (slot.is_symlink && slot.why.code == ERR_NOT_FOUND);
        return slot;
}

/* All names that one hook may have. */
struct slots {
        struct slot hook;
        struct slot kept, former; /* what stood there before, in this and in the former layout */
};

static struct slots slots_of(const struct hook_place *place, struct arena *arena, enum hook hook) {
        struct str name = str_of(hook_name(hook)), path = str_join_path(arena, place->dir, name);

        return (struct slots){
                look_at(arena, path),
                look_at(arena, str_join_path(arena, place->kept, name)),
                look_at(arena, str_fmt(arena, "%.*s" HOOK_KEPT_SUFFIX, STR_ARG(path))),
        };
}

static bool is_kept(const struct slot *old) {
        return old->exists && old->owner != HOOK_OWNER_WEIR;
}

/* What weir runs, or ran, first; NULL: nothing. */
static const struct slot *old_of(const struct slots *slots) {
        return is_kept(&slots->kept)     ? &slots->kept
               : is_kept(&slots->former) ? &slots->former
                                         : NULL;
}

/* Files in a working tree are other machines' too: no path of this one stands in them. */
static struct str script_of(const struct hook_place *place, struct arena *arena, enum hook hook,
                            struct str weir) {
        struct hook_script_options options = {
                .weir = place->is_in_tree || place->for_husky ? STR_NONE : weir,
                .kept_name = place->kept_name,
                .for_husky = place->for_husky,
        };

        return hook_script(arena, hook, &options);
}

static bool first_line_has_cr(struct str text) {
        struct str line;

        return str_next_line(&text, &line) && str_has_prefix(line, STR("#!")) &&
               str_has_suffix(line, STR("\r"));
}

static enum hook_condition condition_of(const struct slot *slot, struct str script) {
        if (!slot->exists)
                return HOOK_ABSENT;
        if (!slot->is_readable)
                return HOOK_UNREADABLE;
        if (slot->owner != HOOK_OWNER_WEIR)
                return HOOK_OTHER;
        if (!hook_script_is_unedited(slot->text))
                return HOOK_EDITED;
        return slot->mode & 0100 && str_eq(slot->text, script) ? HOOK_INSTALLED : HOOK_OUTDATED;
}

struct hook_state hook_look(const struct hook_place *place, struct arena *arena, enum hook hook,
                            struct str weir) {
        struct slots slots = slots_of(place, arena, hook);
        const struct slot *old = place->is_off ? NULL : old_of(&slots);
        struct hook_state state = { .hook = hook,
                                    .path = slots.hook.path,
                                    .owner = slots.hook.owner,
                                    .text = slots.hook.text,
                                    .script = script_of(place, arena, hook, weir),
                                    .why = slots.hook.why };

        state.condition = place->is_off ? HOOK_ABSENT : condition_of(&slots.hook, state.script);
        if (old) {
                state.old_path = old->path;
                state.old_runs = old->is_file && (place->for_husky || old->mode & 0111);
                state.old_has_crlf = first_line_has_cr(old->text);
        }
        return state;
}

/* ---- the folder of what is kept ---- */

struct siblings {
        const struct hook_place *place;
        struct arena *arena;
        struct str dir_name; /* of the folder of hooks */
        size_t count;
        struct err *err;
        bool ok;
};

static struct siblings siblings_of(const struct hook_place *place, struct arena *arena,
                                   struct err *err) {
        struct siblings siblings = { .place = place, .arena = arena, .err = err, .ok = true };

        siblings.dir_name = str_drop_suffix(place->kept_name, STR(HOOK_KEPT_SUFFIX));
        return siblings;
}

static struct str link_text(const struct siblings *siblings, struct str name) {
        return str_fmt(siblings->arena, "../%.*s/%.*s", STR_ARG(siblings->dir_name), STR_ARG(name));
}

static bool link_one(void *ctx, struct str name, unsigned char d_type UNUSED) {
        struct siblings *siblings = ctx;
        enum hook ignored;

        if (hook_parse(name, &ignored) || str_has_suffix(name, STR(".sample")) ||
            str_contains(name, STR(".weir-")) || siblings->count++ >= SIBLINGS_MAX)
                return true;
        siblings->ok = file_make_link(str_join_path(siblings->arena, siblings->place->kept, name),
                                      link_text(siblings, name), siblings->err);
        return siblings->ok;
}

static bool unlink_one(void *ctx, struct str name, unsigned char d_type UNUSED) {
        struct siblings *siblings = ctx;
        struct str path = str_join_path(siblings->arena, siblings->place->kept, name), text;
        struct err ignored;

        if (file_read_link(siblings->arena, path, &text, &ignored) &&
            str_eq(text, link_text(siblings, name)))
                file_remove(path);
        return true;
}

/* With a link to all else that lies beside the hooks: a hook may read `dirname "$0"`/lib.sh. */
static bool make_kept_folder(const struct hook_place *place, struct arena *arena, struct err *err) {
        struct siblings siblings = siblings_of(place, arena, err);

        return file_make_dirs(place->kept, err) &&
               file_list(place->dir, link_one, &siblings, err) && siblings.ok;
}

/* Where nothing is kept in it any more. */
static void drop_kept_folder(const struct hook_place *place, struct arena *arena) {
        struct err ignored;
        struct siblings siblings = siblings_of(place, arena, &ignored);
        struct stat st;

        for (size_t i = 0; i < HOOK_COUNT; i++)
                if (file_lstat(str_join_path(arena, place->kept, str_of(hook_name((enum hook)i))),
                               &st))
                        return;
        if (!file_lstat(place->kept, &st) || !S_ISDIR(st.st_mode))
                return;
        (void)!file_list(place->kept, unlink_one, &siblings, &ignored);
        file_remove_dir(place->kept);
}

/* ---- install ---- */

static bool refuse_two(const struct slot *slot, const struct slot *old, struct err *err) {
        err_at(err, ERR_USAGE, slot->path, 0, 0,
               "is a hook of others, and %.*s keeps another one: weir would lose one of them",
               STR_ARG(old->path));
        return err_mend(err, "make one of the two, remove the other, and install again");
}

static bool is_copy(const struct slot *one, const struct slot *other) {
        if (one->is_symlink || other->is_symlink)
                return one->is_symlink && other->is_symlink && str_eq(one->link, other->link);
        return one->mode == other->mode && one->why.code == ERR_NONE &&
               other->why.code == ERR_NONE && str_eq(one->text, other->text);
}

static bool are_two(const struct slot *one, const struct slot *other) {
        return is_kept(one) && is_kept(other) && !is_copy(one, other);
}

static bool check_kept_folder(const struct hook_place *place, struct err *err) {
        struct stat st;

        if (place->is_root) {
                err_at(err, ERR_USAGE, place->dir, 0, 0,
                       "core.hooksPath is the repository itself: there is no place beside it for "
                       "the hooks that are there");
                return err_mend(err, "git config core.hooksPath .githooks, and move them there");
        }
        if (!file_lstat(place->kept, &st) || S_ISDIR(st.st_mode))
                return true;
        err_at(err, ERR_USAGE, place->kept, 0, 0,
               "is no folder: weir keeps the hooks there that were there before it");
        return err_mend(err, "move it away");
}

static bool check_slots(const struct hook_place *place, const struct slots *slots,
                        struct err *err) {
        const struct slot *hook = &slots->hook;

        if (hook->exists && !hook->is_readable) {
                *err = hook->why;
                return err_mend(err, "make the hook a file that you may read, or move it away");
        }
        if (are_two(hook, &slots->kept))
                return refuse_two(hook, &slots->kept, err);
        if (are_two(hook, &slots->former))
                return refuse_two(hook, &slots->former, err);
        if (are_two(&slots->kept, &slots->former))
                return refuse_two(&slots->kept, &slots->former, err);
        return !(is_kept(hook) || old_of(slots)) || check_kept_folder(place, err);
}

/* The script comes first under the name of what is kept, and then both are swapped, so that at no
 * moment there is no hook. Where the file system cannot swap, there is none for a moment. */
static bool chain(const struct slot *slot, const struct slot *old, struct str script,
                  struct err *err) {
        if (old->exists && !file_delete(old->path, err))
                return false;
        if (!file_write_new(old->path, script, SCRIPT_MODE, err))
                return false;
        if (file_exchange(slot->path, old->path, err))
                return true;
        file_remove(old->path);
        return err->code == ERR_UNSUPPORTED && file_rename(slot->path, old->path, err) &&
               file_write_new(slot->path, script, SCRIPT_MODE, err);
}

static bool put(const struct slot *slot, const struct slot *old, struct str script,
                enum hook_change *ret_change, struct err *err) {
        *ret_change = HOOK_WRITTEN;
        if (!slot->exists)
                return file_write_new(slot->path, script, SCRIPT_MODE, err);
        if (slot->owner == HOOK_OWNER_WEIR) {
                if (condition_of(slot, script) != HOOK_INSTALLED)
                        return file_write(slot->path, script, SCRIPT_MODE, err);
                *ret_change = HOOK_UNCHANGED;
                return true;
        }
        *ret_change = HOOK_CHAINED;
        return is_kept(old) ? file_write(slot->path, script, SCRIPT_MODE, err)
                            : chain(slot, old, script, err);
}

bool hook_install_check(const struct hook_place *place, struct arena *arena, enum hook hook,
                        struct err *err) {
        struct slots slots = slots_of(place, arena, hook);

        return check_slots(place, &slots, err);
}

/* What a kill between two steps of an earlier call has left goes, and the former layout with it. */
static bool settle(const struct hook_place *place, struct arena *arena, struct slots *slots,
                   enum hook hook, struct err *err) {
        bool is_moved = is_kept(&slots->former) && !is_kept(&slots->kept);

        if (slots->kept.exists && !is_kept(&slots->kept) && !file_delete(slots->kept.path, err))
                return false;
        if ((is_kept(&slots->hook) || old_of(slots)) && !make_kept_folder(place, arena, err))
                return false;
        if (is_moved && !file_rename(slots->former.path, slots->kept.path, err))
                return false;
        if (slots->former.exists && !is_moved && !file_delete(slots->former.path, err))
                return false;
        *slots = slots_of(place, arena, hook);
        return true;
}

bool hook_install(const struct hook_place *place, struct arena *arena, enum hook hook,
                  struct str weir, enum hook_change *ret_change, struct err *err) {
        struct slots slots = slots_of(place, arena, hook);
        struct str script = script_of(place, arena, hook, weir);

        if (!check_slots(place, &slots, err) || !file_make_dirs(place->dir, err) ||
            !settle(place, arena, &slots, hook, err) ||
            !put(&slots.hook, &slots.kept, script, ret_change, err))
                return err_context(err, "installing the hook %s", hook_name(hook));
        drop_kept_folder(place, arena);
        return true;
}

bool hook_keep_edited(const struct hook_place *place, struct arena *arena, enum hook hook,
                      struct str *ret_copy, struct err *err) {
        struct slots slots = slots_of(place, arena, hook);
        struct stat st;
        unsigned number = 1;

        *ret_copy = STR_NONE;
        if (condition_of(&slots.hook, STR_NONE) != HOOK_EDITED)
                return true;
        *ret_copy = str_fmt(arena, "%.*s" EDITED_SUFFIX, STR_ARG(slots.hook.path));
        while (file_lstat(*ret_copy, &st) && number++ < EDITED_MAX)
                *ret_copy = str_fmt(arena, "%.*s" EDITED_SUFFIX ".%u", STR_ARG(slots.hook.path),
                                    number);
        return file_write_new(*ret_copy, slots.hook.text, slots.hook.mode & 0777, err);
}

/* ---- uninstall ---- */

/* A copy of the hook in place is what a kill between two steps left. */
static bool drop_left(const struct slots *slots, const struct slot *left, struct err *err) {
        bool is_left = left->exists && (left->owner == HOOK_OWNER_WEIR ||
                                        (is_kept(&slots->hook) && is_copy(&slots->hook, left)));

        return !is_left || file_delete(left->path, err);
}

static bool take_away(const struct slots *slots, enum hook_change *ret_change, struct err *err) {
        const struct slot *hook = &slots->hook, *old = old_of(slots);

        *ret_change = HOOK_UNCHANGED;
        if (!drop_left(slots, &slots->kept, err) || !drop_left(slots, &slots->former, err))
                return false;
        if (is_kept(hook) || (!hook->exists && !old))
                return true;
        *ret_change = old ? HOOK_RESTORED : HOOK_REMOVED;
        return old ? file_rename(old->path, hook->path, err) : file_delete(hook->path, err);
}

bool hook_uninstall(const struct hook_place *place, struct arena *arena, enum hook hook,
                    enum hook_change *ret_change, struct err *err) {
        struct slots slots = slots_of(place, arena, hook);

        if (slots.hook.exists && !slots.hook.is_readable) {
                *err = slots.hook.why;
                return false;
        }
        if (!take_away(&slots, ret_change, err))
                return err_context(err, "uninstalling the hook %s", hook_name(hook));
        drop_kept_folder(place, arena);
        return true;
}
