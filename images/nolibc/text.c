#include "sys.h"
#include "text.h"

u32 text_length(const char *text)
{
	u32 size = 0;
	while (text[size])
		size++;
	return size;
}

int text_equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

char *text_add(char *to, const char *text)
{
	while ((*to = *text++))
		to++;
	return to;
}

char *text_number(char *to, long value)
{
	if (value < 0) {
		*to++ = '-';
		value = -value;
	}
	if (value >= 10)
		to = text_number(to, value / 10);
	*to++ = '0' + value % 10;
	*to = 0;
	return to;
}

long text_value(const char *digits)
{
	long value = 0;
	while (*digits >= '0' && *digits <= '9')
		value = value * 10 + *digits++ - '0';
	return value;
}

void text_say(int fd, const char *text) { sys3(write, fd, text, text_length(text)); }

void text_tell(const char *name, long value)
{
	char line[80];
	text_add(text_number(text_add(text_add(line, name), " "), value), "\n");
	text_say(1, line);
}
