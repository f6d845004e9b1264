#include "carried.h"

/* A program without the page, or without the engine of it: see carried.h. */
const char milieu_page[1] = "";
const char milieu_engine[1] = "";
const size_t milieu_page_size = 0;
const size_t milieu_engine_size = 0;
