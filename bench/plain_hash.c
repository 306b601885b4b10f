/* What the proof of a module cache is held against: libdeflate and SHA-256 over every file of some
 * zips, one after the other, with nothing checked, compared or kept.
 *
 * usage: plain_hash ZIP... */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <fcntl.h>
#include <libdeflate.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint32_t get(const unsigned char *at, int bytes) {
        uint32_t value = 0;

        while (bytes-- > 0)
                value = value << 8 | at[bytes];
        return value;
}

static void hash_zip(const unsigned char *zip, size_t size, struct libdeflate_decompressor *inflater) {
        const unsigned char *end = zip + size - 22, *record;
        static unsigned char *buffer;
        static size_t capacity;

        while (get(end, 4) != 0x06054b50)
                end--;
        record = zip + get(end + 16, 4);
        for (uint32_t i = get(end + 10, 2); i > 0; i--) {
                uint32_t packed = get(record + 20, 4), length = get(record + 24, 4);
                const unsigned char *local = zip + get(record + 42, 4);
                const unsigned char *data = local + 30 + get(local + 26, 2) + get(local + 28, 2);
                unsigned char digest[32];

                if (length > capacity)
                        buffer = realloc(buffer, capacity = length);
                if (get(record + 10, 2) == 0)
                        SHA256(data, packed, digest);
                else if (libdeflate_deflate_decompress(inflater, data, packed, buffer, length, NULL))
                        exit(1);
                else {
                        SHA256_CTX context;

                        SHA256_Init(&context);
                        SHA256_Update(&context, buffer, length);
                        SHA256_Final(digest, &context);
                }
                record += 46 + get(record + 28, 2) + get(record + 30, 2) + get(record + 32, 2);
        }
}

int main(int argc, char **argv) {
        struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();

        for (int i = 1; i < argc; i++) {
                int fd = open(argv[i], O_RDONLY);
                struct stat st;
                void *zip;

                if (fd < 0 || fstat(fd, &st) < 0)
                        return 1;
                zip = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
                if (zip == MAP_FAILED)
                        return 1;
                hash_zip(zip, (size_t)st.st_size, inflater);
                munmap(zip, (size_t)st.st_size);
                close(fd);
        }
        return 0;
}
