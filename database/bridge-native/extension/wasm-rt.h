/*
 * What C made by wasm2c needs of its surroundings, for one module without tables, whose memory is somebody else's: a
 * mapped model (models.c). Every access compares its address with the memory's size; nothing rests on guard pages or
 * signals, which belong to PostgreSQL.
 */
#ifndef WASM_RT_H
#define WASM_RT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WASM_RT_USE_SEGUE 0
#define WASM_RT_STACK_DEPTH_COUNT 0		/* the kernels do not recurse */
#define WASM_RT_MEMCHECK_GUARD_PAGES 0
#define WASM_RT_SANITY_CHECKS 0
#define WABT_BIG_ENDIAN 0				/* pgml.h refuses such machines */

#ifndef likely
#define likely(x) __builtin_expect((x) != 0, 1)
#define unlikely(x) __builtin_expect((x) != 0, 0)
#endif
#define LIKELY(x) likely(x)
#define UNLIKELY(x) unlikely(x)

#define wasm_rt_memcpy memcpy

typedef enum
{
	WASM_RT_TRAP_OOB,
	WASM_RT_TRAP_INT_OVERFLOW,
	WASM_RT_TRAP_DIV_BY_ZERO,
	WASM_RT_TRAP_INVALID_CONVERSION,
	WASM_RT_TRAP_UNREACHABLE,
	WASM_RT_TRAP_CALL_INDIRECT,
	WASM_RT_TRAP_EXHAUSTION
} wasm_rt_trap_t;

/* Raises an ERROR. */
extern void wasm_rt_trap(wasm_rt_trap_t trap) __attribute__((__noreturn__));

typedef struct
{
	uint8_t    *data;
	uint64_t	size;			/* bytes */
} wasm_rt_memory_t;

/* The rest has names in generated code, and no use in a module without tables. */
typedef enum
{
	WASM_RT_I32,
	WASM_RT_I64,
	WASM_RT_F32,
	WASM_RT_F64
} wasm_rt_type_t;

typedef const char *wasm_rt_func_type_t;
typedef void (*wasm_rt_function_ptr_t) (void);
typedef void *wasm_rt_tailcallee_t;

typedef struct
{
	wasm_rt_func_type_t func_type;
	wasm_rt_function_ptr_t func;
	wasm_rt_tailcallee_t func_tailcallee;
	void	   *module_instance;
} wasm_rt_funcref_t;

typedef void *wasm_rt_externref_t;

typedef struct
{
	wasm_rt_funcref_t *data;
	uint32_t	size;
} wasm_rt_funcref_table_t;

typedef struct
{
	wasm_rt_externref_t *data;
	uint32_t	size;
} wasm_rt_externref_table_t;

#define wasm_rt_funcref_null_value ((wasm_rt_funcref_t) {NULL, NULL, NULL, NULL})
#define wasm_rt_externref_null_value NULL

static inline bool
wasm_rt_is_initialized(void)
{
	return true;
}

#endif
