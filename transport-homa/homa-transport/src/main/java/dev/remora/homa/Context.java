package dev.remora.homa;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all parts of one transport share. For any thread.
 *
 * @param joining bound of the memory for large messages that are put together
 */
record Context(
        HomaOptions options, MessagePool pool, Budget joining, Joins joins, KeptResponses kept, Sweeper sweeper) {
    static final Logger LOG = LoggerFactory.getLogger(HomaTransport.class);

    static Context of(HomaOptions options) {
        MessagePool pool = new MessagePool(options.maxMessageBytes(), options.sendPoolBytes());
        Budget joining = new Budget(options.joinBytes());
        Joins joins =
                new Joins(joining, options.maxMessageBytes(), options.joinBytesPerPeer(), options.transferTimeoutNs());
        KeptResponses kept = new KeptResponses(pool, options.joinBytes(), options.transferTimeoutNs());
        return new Context(options, pool, joining, joins, kept, new Sweeper(joins, kept, options.transferTimeoutNs()));
    }
}
