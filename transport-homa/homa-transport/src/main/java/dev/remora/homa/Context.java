package dev.remora.homa;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all parts of one transport share. For any thread.
 *
 * @param joining memory of large messages that are put together
 */
record Context(
        HomaOptions options, MessagePool pool, JoinMemory joining, Joins joins, KeptResponses kept, Sweeper sweeper) {
    static final Logger LOG = LoggerFactory.getLogger(HomaTransport.class);

    static Context of(HomaOptions options) {
        MessagePool pool = new MessagePool(options.maxMessageBytes(), options.sendPoolBytes());
        JoinMemory joining = new JoinMemory(options.joinBytes(), options.sendPoolBytes());
        Joins joins =
                new Joins(joining, options.maxMessageBytes(), options.joinBytesPerPeer(), options.transferTimeoutNs());
        KeptResponses kept = new KeptResponses(options.joinBytes(), options.transferTimeoutNs());
        return new Context(options, pool, joining, joins, kept, new Sweeper(joins, kept, options.transferTimeoutNs()));
    }
}
