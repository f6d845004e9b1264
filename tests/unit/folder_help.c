#include "folder_help.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void folder_make(char path[PATH_LENGTH])
{
    const char *parent = getenv("TMPDIR");
    snprintf(path, PATH_LENGTH, "%s/study-XXXXXX", parent != NULL ? parent : "/tmp");
    cr_assert(mkdtemp(path) != NULL);
}

static bool is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

void folder_remove(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(path) + strlen(entry->d_name) + 2;
        char *inner = malloc(length);
        snprintf(inner, length, "%s/%s", path, entry->d_name);
        if (is_entry(entry) && unlink(inner) != 0)
            folder_remove(inner);
        free(inner);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(path);
}

int folder_count(const char *path)
{
    DIR *dir = opendir(path);
    int count = 0;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        count += is_entry(entry);
    if (dir != NULL)
        closedir(dir);
    return count;
}

char *file_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    cr_assert(file != NULL && fstat(fileno(file), &st) == 0, "%s", path);
    char *bytes = malloc((size_t)st.st_size + 1);
    *length = fread(bytes, 1, (size_t)st.st_size, file);
    cr_assert(*length == (size_t)st.st_size);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

void file_write(const char *path, const void *bytes, size_t length)
{
    FILE *file;
    unlink(path); /* a file that is truncated first is slow on some file systems */
    file = fopen(path, "wb");
    cr_assert(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0, "%s", path);
}

void path_join(char path[PATH_LENGTH], const char *folder, const char *name)
{
    int length = snprintf(path, PATH_LENGTH, "%s/%s", folder, name);
    cr_assert(length > 0 && length < PATH_LENGTH);
}

void *shared_page(void)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    void *page;
    int fd;
    folder_make(folder);
    path_join(path, folder, "page");
    fd = open(path, O_RDWR | O_CREAT, 0600);
    cr_assert(fd >= 0 && ftruncate(fd, 4096) == 0);
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    cr_assert(page != MAP_FAILED);
    close(fd);
    folder_remove(folder);
    return page;
}
