package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.CallStreamObserver;
import dev.remora.api.stub.ClientStream;
import dev.remora.api.stub.StreamObserver;
import dev.remora.api.stub.StreamReader;
import dev.remora.api.stub.StreamWriter;
import dev.remora.golden.Key;
import dev.remora.golden.Photo;
import dev.remora.golden.PhotosRpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The generated classes at work: each stub against each kind of server. The build has run the plugin for it. */
@SuppressWarnings("deprecation") // one of the methods is, on purpose
class GeneratedStubsTest {
    private final Blocking blocking = new Blocking();
    private final Async async = new Async();

    private static Photo photo(String name) {
        return Photo.newBuilder().setName(name).build();
    }

    private static Key key(String id) {
        return Key.newBuilder().setId(id).build();
    }

    @Test
    void optionsReachTheDescriptors() {
        assertThat(PhotosRpc.METHOD_GET_PHOTO.isIdempotent()).isTrue();
        assertThat(PhotosRpc.METHOD_GET_PHOTO.isInline()).isTrue();
        assertThat(PhotosRpc.METHOD_LIST_PHOTOS.isIdempotent()).isTrue();
        assertThat(PhotosRpc.METHOD_LIST_PHOTOS.isInline()).isFalse();
        assertThat(PhotosRpc.METHOD_UPLOAD.isIdempotent()).isFalse();
    }

    @Test
    void blockingStubAgainstBothServers() {
        for (LoopbackChannel channel : List.of(new LoopbackChannel(blocking), new LoopbackChannel(async))) {
            PhotosRpc.BlockingStub stub = PhotosRpc.blockingStub(channel);
            assertThat(stub.getPhoto(key("k"))).isEqualTo(photo("k"));

            List<String> names = new ArrayList<>();
            stub.listPhotos(key("k")).forEach(p -> names.add(p.getName()));
            assertThat(names).containsExactly("k1", "k2");

            try (ClientStream<Photo, Empty> upload = stub.upload()) {
                upload.write(photo("a"));
                upload.write(photo("b"));
                assertThat(upload.finish()).isEqualTo(Empty.getDefaultInstance());
            }
            try (BidiStream<Photo, Photo> edit = stub.edit()) {
                edit.write(photo("x"));
                assertThat(edit.read()).isEqualTo(photo("x!"));
                edit.halfClose();
                assertThat(edit.read()).isNull();
            }
        }
        assertThat(blocking.uploaded).containsExactly("a", "b");
        assertThat(async.uploaded).containsExactly("a", "b");
    }

    @Test
    void futureAndCallbackStubs() throws Exception {
        LoopbackChannel channel = new LoopbackChannel(blocking);
        assertThat(PhotosRpc.futureStub(channel).getPhoto(key("f")).get(1, TimeUnit.MINUTES))
                .isEqualTo(photo("f"));

        Collector<Photo> listed = new Collector<>();
        PhotosRpc.callbackStub(channel).listPhotos(key("c"), listed);
        assertThat(listed.await()).containsExactly(photo("c1"), photo("c2"));

        Collector<Photo> edited = new Collector<>();
        CallStreamObserver<Photo> edits = PhotosRpc.callbackStub(channel).edit(edited);
        edits.onNext(photo("y"));
        edits.onCompleted();
        assertThat(edited.await()).containsExactly(photo("y!"));
    }

    @Test
    void whatIsNotOverriddenIsUnimplemented() {
        for (LoopbackChannel channel : List.of(
                new LoopbackChannel(new PhotosRpc.ServiceBase() {}),
                new LoopbackChannel(new PhotosRpc.AsyncServiceBase() {}))) {
            PhotosRpc.BlockingStub stub = PhotosRpc.blockingStub(channel);
            assertUnimplemented(() -> stub.getPhoto(key("k")));
            assertUnimplemented(() -> stub.listPhotos(key("k")).read());
            assertUnimplemented(() -> stub.upload().finish());
            assertUnimplemented(() -> stub.edit().read());
        }
    }

    private static void assertUnimplemented(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.UNIMPLEMENTED))
                .hasMessageContaining("golden.photos.Photos/");
    }

    private static final class Blocking extends PhotosRpc.ServiceBase {
        final List<String> uploaded = new ArrayList<>();

        @Override
        public Photo getPhoto(Key request) {
            return photo(request.getId());
        }

        @Override
        public void listPhotos(Key request, StreamWriter<Photo> responses) {
            responses.write(photo(request.getId() + 1));
            responses.write(photo(request.getId() + 2));
        }

        @Override
        public Empty upload(StreamReader<Photo> requests) {
            requests.forEach(p -> uploaded.add(p.getName()));
            return Empty.getDefaultInstance();
        }

        @Override
        public void edit(StreamReader<Photo> requests, StreamWriter<Photo> responses) {
            requests.forEach(p -> responses.write(photo(p.getName() + "!")));
        }
    }

    private static final class Async extends PhotosRpc.AsyncServiceBase {
        final List<String> uploaded = new ArrayList<>();

        @Override
        public void getPhoto(Key request, StreamObserver<Photo> response) {
            response.onNext(photo(request.getId()));
            response.onCompleted();
        }

        @Override
        public void listPhotos(Key request, CallStreamObserver<Photo> responses) {
            responses.onNext(photo(request.getId() + 1));
            responses.onNext(photo(request.getId() + 2));
            responses.onCompleted();
        }

        @Override
        public StreamObserver<Photo> upload(CallStreamObserver<Empty> response) {
            return new Requests(response) {
                @Override
                public void onNext(Photo message) {
                    uploaded.add(message.getName());
                }

                @Override
                public void onCompleted() {
                    response.onNext(Empty.getDefaultInstance());
                    response.onCompleted();
                }
            };
        }

        @Override
        public StreamObserver<Photo> edit(CallStreamObserver<Photo> responses) {
            return new Requests(responses) {
                @Override
                public void onNext(Photo message) {
                    responses.onNext(photo(message.getName() + "!"));
                }

                @Override
                public void onCompleted() {
                    responses.onCompleted();
                }
            };
        }
    }

    private abstract static class Requests implements StreamObserver<Photo> {
        private final StreamObserver<?> responses;

        Requests(StreamObserver<?> responses) {
            this.responses = responses;
        }

        @Override
        public void onError(Throwable failure) {
            responses.onError(failure);
        }
    }

    private static final class Collector<T> implements StreamObserver<T> {
        private final List<T> messages = new ArrayList<>();
        private final CompletableFuture<List<T>> end = new CompletableFuture<>();

        List<T> await() throws Exception {
            return end.get(1, TimeUnit.MINUTES);
        }

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(messages);
        }
    }
}
