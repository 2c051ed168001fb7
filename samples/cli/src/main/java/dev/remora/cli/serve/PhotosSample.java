package dev.remora.cli.serve;

import com.typesafe.config.Config;
import dev.remora.samples.photos.demo.PhotoFeed;
import dev.remora.spi.Endpoint;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The four services of the photo feed, each at a port of its own, with what they keep in a temporary folder. */
final class PhotosSample implements Sample {
    private final PhotoFeed feed;

    private PhotosSample(PhotoFeed feed) {
        this.feed = feed;
    }

    static PhotosSample start(Endpoint address, String transport, Config more) throws IOException {
        return new PhotosSample(PhotoFeed.start(address, transport, more));
    }

    @Override
    public Map<String, Endpoint> addresses() {
        Map<String, Endpoint> addresses = new LinkedHashMap<>();
        feed.addresses().forEach((service, address) -> addresses.put(service, Endpoint.parse(address)));
        return addresses;
    }

    @Override
    public Map<String, String> trials() {
        Map<String, String> trials = new LinkedHashMap<>();
        trials.put("", "what the users service has");
        trials.put("Users/CreateUser '{\"handle\": \"ada\"}'", "makes a user");
        trials.put("Users/GetUser '{\"user_id\": 1}'", "finds it again");
        trials.put("Users/GetUser '{\"user_id\": 7}'", "a status with a detail");
        return trials;
    }

    @Override
    public void close() {
        feed.close();
    }
}
