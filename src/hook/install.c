#include "hook/install.h"

#include "sys/file.h"

#define SCRIPT_MODE 0777 /* less the umask */

/* One name in the folder of hooks. */
struct slot {
        struct str path;
        bool exists, is_symlink, is_file; /* is_file: behind a symlink too */
        unsigned mode;                    /* of the file, 0 where there is none */
        bool is_readable;
        struct str text; /* where it is readable */
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

static struct str path_of(const struct hook_place *place, struct arena *arena, enum hook hook) {
        return str_join_path(arena, place->dir, str_of(hook_name(hook)));
}

static struct slot old_slot(struct arena *arena, struct str path) {
        return look_at(arena, str_fmt(arena, "%.*s" HOOK_OLD_SUFFIX, STR_ARG(path)));
}

static bool is_kept(const struct slot *old) {
        return old->exists && old->owner != HOOK_OWNER_WEIR;
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
        return slot->mode & 0100 && str_eq(slot->text, script) ? HOOK_INSTALLED : HOOK_OUTDATED;
}

struct hook_state hook_look(const struct hook_place *place, struct arena *arena, enum hook hook,
                            struct str weir) {
        struct str path = path_of(place, arena, hook);
        struct slot slot = look_at(arena, path), old = old_slot(arena, path);
        struct str script = hook_script(arena, hook, weir, place->for_husky);
        struct hook_state state = { .hook = hook,
                                    .path = path,
                                    .condition = condition_of(&slot, script),
                                    .owner = slot.owner,
                                    .why = slot.why };

        if (is_kept(&old)) {
                state.old_path = old.path;
                state.old_runs = old.is_file && (place->for_husky || old.mode & 0111);
                state.old_has_crlf = first_line_has_cr(old.text);
        }
        return state;
}

/* ---- install ---- */

static bool refuse_two(const struct slot *slot, const struct slot *old, struct err *err) {
        err_at(err, ERR_USAGE, slot->path, 0, 0,
               "is a hook of others, and %.*s keeps another one: weir would lose one of them",
               STR_ARG(old->path));
        return err_mend(err, "make one of the two, remove the other, and install again");
}

static bool is_copy(const struct slot *one, const struct slot *other) {
        return one->mode == other->mode && one->is_symlink == other->is_symlink &&
               one->why.code == ERR_NONE && other->why.code == ERR_NONE &&
               str_eq(one->text, other->text);
}

static bool check_slot(const struct slot *slot, const struct slot *old, struct err *err) {
        if (slot->exists && !slot->is_readable) {
                *err = slot->why;
                return err_mend(err, "make the hook a file that you may read, or move it away");
        }
        if (slot->exists && slot->owner != HOOK_OWNER_WEIR && is_kept(old) && !is_copy(slot, old))
                return refuse_two(slot, old, err);
        return true;
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
        struct slot slot = look_at(arena, path_of(place, arena, hook));
        struct slot old = old_slot(arena, slot.path);

        return check_slot(&slot, &old, err);
}

bool hook_install(const struct hook_place *place, struct arena *arena, enum hook hook,
                  struct str weir, enum hook_change *ret_change, struct err *err) {
        struct slot slot = look_at(arena, path_of(place, arena, hook));
        struct slot old = old_slot(arena, slot.path);
        struct str script = hook_script(arena, hook, weir, place->for_husky);

        if (!check_slot(&slot, &old, err) || !file_make_dirs(place->dir, err) ||
            !put(&slot, &old, script, ret_change, err))
                return err_context(err, "installing the hook %s", hook_name(hook));
        /* What a kill between two steps of an earlier call has left. */
        if (old.exists && old.owner == HOOK_OWNER_WEIR && *ret_change != HOOK_CHAINED)
                file_remove(old.path);
        return true;
}

/* ---- uninstall ---- */

static bool take_away(const struct slot *slot, const struct slot *old, enum hook_change *ret_change,
                      struct err *err) {
        bool is_ours = slot->exists && slot->owner == HOOK_OWNER_WEIR;

        *ret_change = HOOK_UNCHANGED;
        if (old->exists && old->owner == HOOK_OWNER_WEIR && !file_delete(old->path, err))
                return false;
        if (is_kept(old) && (is_ours || !slot->exists)) {
                *ret_change = HOOK_RESTORED;
                return file_rename(old->path, slot->path, err);
        }
        if (!is_ours)
                return true;
        *ret_change = HOOK_REMOVED;
        return file_delete(slot->path, err);
}

bool hook_uninstall(const struct hook_place *place, struct arena *arena, enum hook hook,
                    enum hook_change *ret_change, struct err *err) {
        struct slot slot = look_at(arena, path_of(place, arena, hook));
        struct slot old = old_slot(arena, slot.path);

        if (slot.exists && !slot.is_readable) {
                *err = slot.why;
                return false;
        }
        return take_away(&slot, &old, ret_change, err) ||
               err_context(err, "uninstalling the hook %s", hook_name(hook));
}
