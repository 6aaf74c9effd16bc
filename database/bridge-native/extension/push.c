/* pgml_bridge.push: the rows of a query, read through a cursor in the caller's snapshot and sent in column batches. */
#include "channel.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

/* A batch, about: enough that a frame costs little, few enough to stop quickly. */
#define BATCH_BYTES		262144
/* Rows of the first batch, which shows how large the others' rows are. */
#define FIRST_ROWS		64
/* How much larger than the last one a batch may be, because rows may grow. */
#define MOST_GROWTH		16

#define WIDTH_UNKNOWN	(-1)

typedef struct Column
{
	const char *name;			/* as frames hold it */
	size_t		name_length;
	Oid			type;
	int			width;			/* values of a row; of an array not known until a row has shown it */
	size_t		position;		/* of its values, or lengths, in the frame */
} Column;

PG_FUNCTION_INFO_V1(pgml_push);

static Column *
describe(TupleDesc description)
{
	Column	   *columns = palloc0(sizeof(Column) * Max(description->natts, 1));

	for (int i = 0; i < description->natts; i++)
	{
		char	   *name = SPI_fname(description, i + 1);
		Oid			type = SPI_gettypeid(description, i + 1);

		if (type != FLOAT4OID && type != TEXTOID && type != FLOAT4ARRAYOID)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" cannot be pushed as it is", name),
					 errhint("Cast it to real, real[] or text.")));
		columns[i].name_length = strlen(name);
		columns[i].name = text_to_frame(name, &columns[i].name_length);
		columns[i].type = type;
		columns[i].width = type == FLOAT4ARRAYOID ? WIDTH_UNKNOWN : 1;
	}
	return columns;
}

/* Column `number` is of arrays. The first one shows how much room there must be for each row. */
static void
find_width(Column *column, int number, SPITupleTable *table, uint64 rows)
{
	for (uint64 row = 0; row < rows && column->width == WIDTH_UNKNOWN; row++)
	{
		bool		null;
		Datum		datum = SPI_getbinval(table->vals[row], table->tupdesc, number, &null);

		if (!null)
		{
			ArrayType  *array = DatumGetArrayTypeP(datum);

			column->width = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
			if ((Pointer) array != DatumGetPointer(datum))
				pfree(array);
		}
	}
	if (rows > 0 && column->width == WIDTH_UNKNOWN)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("column \"%s\" has no array in its first " UINT64_FORMAT " rows, but only NULL", column->name, rows),
				 errhint("Leave such rows out, or put rows with an array first.")));
}

/* Writes the head of a column, and makes room for its values, or the lengths of its texts. */
static void
begin_column(Column *column, uint64 rows)
{
	static const char zeros[4] = {0};
	int			width = Max(column->width, 0);

	frame_put_uint32(column->type == TEXTOID ? COLUMN_TEXT : COLUMN_REAL);
	frame_put_uint32(width);
	frame_put_uint32(column->name_length);
	frame_put(column->name, column->name_length);
	frame_put(zeros, -column->name_length & 3);
	column->position = frame_position();
	frame_room(sizeof(float4) * width * rows);
}

/* Frames that wait to be sent may have any length, so that a number may lie anywhere. */
static inline void
put_float4(char *place, float4 value)
{
	memcpy(place, &value, sizeof(value));
}

static void
put_array(const Column *column, char *place, Datum datum, bool null)
{
	ArrayType  *array;
	int			length;
	bits8	   *bitmap;
	float4	   *values;

	if (null)
	{
		for (int i = 0; i < column->width; i++)
			put_float4(place + sizeof(float4) * i, get_float4_nan());
		return;
	}
	array = DatumGetArrayTypeP(datum);
	length = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	bitmap = ARR_NULLBITMAP(array);
	values = (float4 *) ARR_DATA_PTR(array);
	if (length != column->width)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("Mismatched array length for feature `%s`. Expected: %d Received: %d", column->name, column->width, length)));
	if (!bitmap)
		memcpy(place, values, sizeof(float4) * length);
	else
		for (int i = 0; i < length; i++)
			put_float4(place + sizeof(float4) * i, bitmap[i / 8] & (1 << (i % 8)) ? *values++ : get_float4_nan());
	if ((Pointer) array != DatumGetPointer(datum))
		pfree(array);
}

static void
put_text(const Column *column, uint64 row, Datum datum, bool null)
{
	uint32		length = ABSENT;

	if (!null)
	{
		text	   *stored = DatumGetTextPP(datum);
		size_t		size = VARSIZE_ANY_EXHDR(stored);
		const char *bytes = text_to_frame(VARDATA_ANY(stored), &size);

		frame_put(bytes, size);
		length = size;
		if (bytes != VARDATA_ANY(stored))
			pfree((char *) bytes);
		if ((Pointer) stored != DatumGetPointer(datum))
			pfree(stored);
	}
	memcpy(frame_at(column->position) + sizeof(length) * row, &length, sizeof(length));
}

/* Sends the rows in `table`. Returns the bytes that they took. */
static size_t
send_batch(uint32 dataset, Column *columns, SPITupleTable *table, uint64 rows, Datum *values, bool *nulls)
{
	int			count = table->tupdesc->natts;
	char	   *frame;
	size_t		bytes;

	for (int i = 0; i < count; i++)
		if (columns[i].width == WIDTH_UNKNOWN)
			find_width(&columns[i], i + 1, table, rows);

	frame_begin(FRAME_PUSH, dataset);
	frame_put_uint32(rows);
	frame_put_uint32(count);
	for (int i = 0; i < count; i++)
		begin_column(&columns[i], rows);
	frame = frame_at(0);
	for (uint64 row = 0; row < rows; row++)
	{
		heap_deform_tuple(table->vals[row], table->tupdesc, values, nulls);
		for (int i = 0; i < count; i++)
		{
			Column	   *column = &columns[i];
			char	   *place = frame + column->position + sizeof(float4) * row * column->width;

			if (column->type == FLOAT4OID)
				put_float4(place, nulls[i] ? get_float4_nan() : DatumGetFloat4(values[i]));
			else if (column->type == FLOAT4ARRAYOID)
				put_array(column, place, values[i], nulls[i]);
			else
			{
				put_text(column, row, values[i], nulls[i]);
				/* The frame may have grown, and moved. */
				frame = frame_at(0);
			}
		}
	}
	bytes = frame_position();
	frame_end();
	channel_flush();
	return bytes;
}

static uint64
rows_of_next_batch(uint64 rows, size_t bytes)
{
	uint64		wanted = BATCH_BYTES / Max(bytes / Max(rows, 1), 1);

	return Max(1, Min(wanted, rows * MOST_GROWTH));
}

static void
push_rows(uint32 dataset, Portal cursor)
{
	Column	   *columns;
	Datum	   *values;
	bool	   *nulls;

	SPI_cursor_fetch(cursor, true, FIRST_ROWS);
	columns = describe(SPI_tuptable->tupdesc);
	values = palloc(sizeof(Datum) * Max(SPI_tuptable->tupdesc->natts, 1));
	nulls = palloc(sizeof(bool) * Max(SPI_tuptable->tupdesc->natts, 1));
	/* The first batch is sent even without rows: a dataset has columns all the same. */
	do
	{
		uint64		rows = SPI_processed;
		SPITupleTable *table = SPI_tuptable;
		size_t		bytes;

		CHECK_FOR_INTERRUPTS();
		bytes = send_batch(dataset, columns, table, rows, values, nulls);
		SPI_freetuptable(table);
		SPI_cursor_fetch(cursor, true, rows_of_next_batch(rows, bytes));
	} while (SPI_processed > 0);
}

Datum
pgml_push(PG_FUNCTION_ARGS)
{
	static uint32 last_dataset = 0;
	uint32		dataset = ++last_dataset;
	char	   *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Portal		cursor;

	channel_will_push();
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	/* Reads only, and therefore in the active snapshot, which is the caller's. */
	cursor = SPI_cursor_open_with_args(NULL, query, 0, NULL, NULL, NULL, true, CURSOR_OPT_NO_SCROLL);
	push_rows(dataset, cursor);
	SPI_cursor_close(cursor);
	SPI_finish();
	PG_RETURN_INT64(dataset);
}
