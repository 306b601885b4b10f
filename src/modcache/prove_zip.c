#include "gomod/modzip.h"
#include "modcache/prove_impl.h"

static void take_files(struct proving *p, struct dirhash_file *files, size_t count) {
        p->proof.files = files;
        p->proof.file_count = count;
        p->proof.sum = dirhash_sum(p->scratch, &p->tree);
}

static bool recall_zip(struct proving *p) {
        const struct modcache_memory *memory = p->run->options->memory;

        if (!memory || !p->task->has_stamp ||
            !modcache_memory_find(memory, p->scratch, p->proof.zip, &p->task->stamp, &p->record))
                return false;
        p->has_record = true;
        p->tree = p->record.tree;
        p->proof.remembered = true;
        take_files(p, p->record.files, p->record.file_count);
        return true;
}

/* A zip that changed while it was read, or just before, is not remembered. */
static void learn_zip(struct proving *p) {
        struct file_stamp now;

        if (!p->task->has_stamp || !prove_is_settled(p->task->stamp.ctime_ns) ||
            !file_stamp_of(p->proof.zip, &now) || !file_stamp_eq(&now, &p->task->stamp))
                return;
        p->record = (struct modcache_record){
                .zip = p->proof.zip,
                .stamp = now,
                .tree = p->tree,
                .files = p->proof.files,
                .file_count = p->proof.file_count,
        };
        p->has_record = p->learnt = true;
}

static bool hash_zip(struct proving *p, struct err *err) {
        struct dirhash_file *files;
        struct zip zip;
        size_t count;

        if (!p->worker->inflater)
                return err_set(err, ERR_IO, "no memory to unpack");
        if (!modzip_open(p->scratch, p->map.bytes, &zip, err)) {
                prove_add_detail(p, MODCACHE_ZIP_BROKEN, p->proof.zip, STR_NONE, err->message);
                return true;
        }
        if (!modzip_check(p->scratch, &zip, p->prefix, err)) {
                prove_add_detail(p, MODCACHE_ZIP_RULES, p->proof.zip, STR_NONE, err->message);
                return true;
        }
        if (!modzip_hash(p->scratch, &zip, p->prefix, p->worker->inflater, &files, &count, &p->tree,
                         err)) {
                prove_add_detail(p, MODCACHE_ZIP_BROKEN, p->proof.zip, STR_NONE, err->message);
                return true;
        }
        take_files(p, files, count);
        learn_zip(p);
        return true;
}

static void open_and_hash_zip(struct proving *p) {
        struct err err;

        if (!file_map_open(p->proof.zip, MODCACHE_ZIP_MAX, &p->map, &err)) {
                if (err.code == ERR_LIMIT)
                        prove_add_detail(p, MODCACHE_ZIP_RULES, p->proof.zip, STR_NONE,
                                         err.message);
                else if (err.code == ERR_UNSUPPORTED)
                        prove_add_detail(p, MODCACHE_ZIP_BROKEN, p->proof.zip, STR_NONE,
                                         err.message);
                else
                        prove_unjudged(p, &err);
                return;
        }
        if (!hash_zip(p, &err))
                prove_unjudged(p, &err);
}

static void zip_is_absent(struct proving *p) {
        struct err err;

        p->proof.zip_absent = true;
        err_at(&err, ERR_NOT_FOUND, p->proof.zip, 0, 0, "not in the module cache");
        modcache_mend_absent(&err, p->claim->path, p->claim->version);
        prove_unjudged(p, &err);
}

static void read_ziphash(struct proving *p) {
        struct err err;

        p->has_ziphash =
                file_read(p->scratch, p->ziphash_path, MODCACHE_INFO_MAX, &p->ziphash, &err);
        p->ziphash = p->has_ziphash ? str_trim(p->ziphash) : STR_NONE;
}

static void ziphash_differs(struct proving *p) {
        if (p->has_ziphash)
                prove_add_sums(p, MODCACHE_ZIPHASH_ALTERED, p->ziphash_path, p->ziphash,
                               p->proof.sum);
        else
                prove_add_detail(p, MODCACHE_ZIPHASH_ALTERED, p->ziphash_path, STR_NONE,
                                 "the file is missing");
}

/* Three hashes, of which two make the third the odd one. Where go.sum has none, .ziphash decides,
 * as for the go command. */
static void compare_sums(struct proving *p) {
        struct str sum = p->proof.sum, claimed = p->claim->sum;
        bool ziphash_agrees = p->has_ziphash && str_eq(p->ziphash, sum);

        if (claimed.len == 0 && p->has_ziphash && !ziphash_agrees) {
                prove_add_sums(p, MODCACHE_ZIP_ALTERED, p->proof.zip, sum, p->ziphash);
                return;
        }
        if (claimed.len && !str_eq(claimed, sum))
                prove_add_sums(p, ziphash_agrees ? MODCACHE_SUM_DIFFERS : MODCACHE_ZIP_ALTERED,
                               p->proof.zip, sum, claimed);
        if (!ziphash_agrees && !(p->has_ziphash && str_eq(p->ziphash, claimed)))
                ziphash_differs(p);
}

void prove_zip(struct proving *p) {
        struct stat st;

        read_ziphash(p);
        if (!p->task->has_stamp && !file_lstat(p->proof.zip, &st)) {
                zip_is_absent(p);
                return;
        }
        if (!recall_zip(p))
                open_and_hash_zip(p);
        if (p->proof.sum.len == 0)
                return;
        compare_sums(p);
        p->proof.zip_proved = p->proof.state == MODCACHE_PROVED && p->damages.count == 0;
}
