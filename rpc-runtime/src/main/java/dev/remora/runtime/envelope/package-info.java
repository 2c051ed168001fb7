/**
 * The envelope: what travels around a message's bytes, the same on every transport. All numbers big-endian;
 * {@code varint} is unsigned LEB128 as in protobuf.
 *
 * <pre>
 * request                                        response
 *   u8      version = 1                            u8      version = 1
 *   u8      kind = 0x00 (unary request)            u8      kind = 0x01 (unary response)
 *   varint  time left in microseconds, 0 = none    u8      status, 0 to 16
 *   varint  length, then the method's full name    block   metadata ahead of the message
 *   block   metadata                               block   trailers
 *   ...     the message, to the end                if status != 0: error
 *                                                  else: ... the message, to the end
 *
 * request of a stream                            response of a stream
 *   u8      version = 1                            u8      version = 1
 *   u8      kind = 0x02                            u8      kind = 0x03
 *   u8      flags                                  u8      flags
 *   u64 u64 id of the stream                       varint  credit of the client
 *   varint  credit of the server                   varint  segments received
 *   varint  segments received                      if SEGMENT:
 *   if HOLD: varint milliseconds                     varint  number of the segment
 *   if OPEN:                                         if HEADERS: block
 *     varint  time left in microseconds              if STATUS:
 *     varint  length, then the method's name           u8 status, block trailers, if status != 0: error
 *     block   metadata                               messages, to the end
 *   if SEGMENT:
 *     varint  number of the segment
 *     messages, to the end
 *
 * block:    varint count; per pair varint length, name, varint length, value
 * error:    varint length, then the status message; varint count; per detail varint length, then an Any
 * messages: per message varint length, then its bytes
 * </pre>
 *
 * Version 2 of the envelopes is version 1 with more behind the kind. It is written only where there is something to say
 * there:
 *
 * <pre>
 *   u8      flags: 0x01 messages are compressed, 0x02 the sender reads compressed responses
 *   if 0x01: u8 compression, 1 = gzip; unary: varint size of the message before
 *   if 0x02: u8 compressions read, bit n-1 for compression n
 * </pre>
 *
 * With 0x01 in the envelope of a stream the varint in front of each message is twice the length, plus 1 if this message is
 * compressed; then varint size of the message before.
 *
 * Names and texts are UTF-8. A reader refuses what it does not know: an envelope of another version or kind, a flag, a
 * length beyond the end, more than the agreed bytes of metadata. How streams use their envelopes stands in docs/envelope.md.
 */
@NullMarked
package dev.remora.runtime.envelope;

import org.jspecify.annotations.NullMarked;
