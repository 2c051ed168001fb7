package dev.remora.samples.resilience;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.samples.resilience.v1.Order;
import dev.remora.samples.resilience.v1.OrderRequest;
import dev.remora.samples.resilience.v1.Quote;
import dev.remora.samples.resilience.v1.QuoteRequest;
import dev.remora.samples.resilience.v1.QuotesRpc;
import dev.remora.samples.resilience.v1.Served;
import dev.remora.samples.resilience.v1.Trouble;
import dev.remora.samples.resilience.v1.TroublemakerRpc;
import java.util.concurrent.atomic.AtomicLong;

/** Quotes and orders, as well as the trouble that has been made lets it. */
final class QuotesService extends QuotesRpc.ServiceBase {
    private final String name;
    private final AtomicLong quotes = new AtomicLong();
    private final AtomicLong orders = new AtomicLong();
    private volatile Trouble trouble = Trouble.getDefaultInstance();

    /** @param name of the server, for answers */
    QuotesService(String name) {
        this.name = name;
    }

    @Override
    public Quote getQuote(QuoteRequest request) throws InterruptedException {
        quotes.incrementAndGet();
        suffer();
        return Quote.newBuilder()
                .setSymbol(request.getSymbol())
                .setCents(Math.floorMod(request.getSymbol().hashCode(), 100_000))
                .setServer(name)
                .build();
    }

    @Override
    public Order placeOrder(OrderRequest request) throws InterruptedException {
        long number = orders.incrementAndGet();
        suffer();
        return Order.newBuilder().setNumber(number).build();
    }

    private void suffer() throws InterruptedException {
        Trouble now = trouble;
        if (now.getDelayMs() > 0) {
            Thread.sleep(now.getDelayMs());
        }
        if (now.getFailing()) {
            throw new RpcException(StatusCode.UNAVAILABLE, "server " + name + " is in trouble");
        }
    }

    /** What makes the trouble. */
    TroublemakerRpc.ServiceBase troublemaker() {
        return new TroublemakerRpc.ServiceBase() {
            @Override
            public Served make(Trouble request) {
                trouble = request;
                return Served.newBuilder()
                        .setQuotes(quotes.get())
                        .setOrders(orders.get())
                        .build();
            }
        };
    }
}
