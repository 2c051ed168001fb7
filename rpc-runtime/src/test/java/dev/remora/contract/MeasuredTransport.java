package dev.remora.contract;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A client's transport that counts what goes through it, and which versions of the envelope. */
final class MeasuredTransport extends ClientsTransport {
    final AtomicLong requestBytes = new AtomicLong();
    final AtomicLong responseBytes = new AtomicLong();
    /** Requests whose envelope is of version 2. */
    final AtomicInteger requestsOfVersion2 = new AtomicInteger();

    final AtomicInteger responsesOfVersion2 = new AtomicInteger();

    MeasuredTransport(Transport inner) {
        super(inner);
    }

    @Override
    TransportCall call(ClientTransport client, MessageBuffer request, long timeoutNs, ResponseHandler handler) {
        requestBytes.addAndGet(request.size());
        requestsOfVersion2.addAndGet(request.bytes().get(0) == 2 ? 1 : 0);
        return client.call(request, timeoutNs, new ResponseHandler() {
            @Override
            public void onResponse(MessageBuffer response) {
                int at = response.bytes().position();
                responseBytes.addAndGet(response.bytes().remaining());
                responsesOfVersion2.addAndGet(response.bytes().get(at) == 2 ? 1 : 0);
                handler.onResponse(response);
            }

            @Override
            public void onFailure(TransportException failure) {
                handler.onFailure(failure);
            }
        });
    }
}
