/**
 * The envelope: what travels around a message's bytes, the same on every transport. Version 1; all numbers big-endian;
 * {@code varint} is unsigned LEB128 as in protobuf.
 *
 * <pre>
 * request                                        response
 *   u8      version = 1                            u8      version = 1
 *   u8      kind = 0x00 (unary request)            u8      kind = 0x01 (unary response)
 *   varint  time left in microseconds, 0 = none    u8      status, 0 to 16
 *   varint  length, then the method's full name    block   metadata ahead of the message
 *   block   metadata                               block   trailers
 *   ...     the message, to the end                if status != 0:
 *                                                    varint length, then the status message
 *                                                    varint count; per detail varint length, then an Any
 *                                                  else: ... the message, to the end
 *
 * block:  varint count; per pair varint length, name, varint length, value
 * </pre>
 *
 * Names and texts are UTF-8. Other kinds are reserved for streams. A reader refuses what it does not know: an envelope of
 * another version or kind, a length beyond the end, more than the agreed bytes of metadata.
 */
@NullMarked
package dev.remora.runtime.envelope;

import org.jspecify.annotations.NullMarked;
