/* For a test program that reads damaged HDF5 files: HDF5 1.10 loses memory of its own when it gives up on an object header, and
 * where the damage falls hangs on the program's version, which every file holds. The leak gate asks the program what to pass. */
#ifndef DAMAGED_HDF5_H
#define DAMAGED_HDF5_H

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

#endif
