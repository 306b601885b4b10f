/* Runs one fuzz target over saved inputs: a line for each file that is named. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv) {
        uint8_t *data = malloc(INPUT_MAX);

        for (int i = 1; data && i < argc; i++) {
                FILE *file = fopen(argv[i], "rb");
                size_t size = file ? fread(data, 1, INPUT_MAX, file) : 0;
                uint8_t *exact;

                if (!file || fclose(file) || !(exact = malloc(size ? size : 1)))
                        return 1;
                /* A block of exactly this size, so that a read past its end is seen. */
                for (size_t at = 0; at < size; at++)
                        exact[at] = data[at];
                LLVMFuzzerTestOneInput(exact, size);
                free(exact);
                printf("ok input %s\n", argv[i]);
                fflush(stdout);
        }
        free(data);
        return data ? 0 : 1;
}
