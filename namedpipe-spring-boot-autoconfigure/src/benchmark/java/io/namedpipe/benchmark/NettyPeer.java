/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.namedpipe.benchmark;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.core.GenericMessagingTemplate;
import org.springframework.messaging.support.GenericMessage;

/**
 * Netty's epoll transport on a Unix socket with the same framing as ours and a channel of
 * Spring Integration behind it, called on the event loop.
 */
final class NettyPeer implements Peer {

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());

	private final ConfigurableApplicationContext context = SpringTcpPeer
		.context(IntegrationFlow.from("requests").handle((payload, headers) -> payload).get());

	private final MessageChannel requests = this.context.getBean("requests", MessageChannel.class);

	private final GenericMessagingTemplate template = new GenericMessagingTemplate();

	private Path path = Path.of("/");

	@Override
	public void start(Path folder, int clients) throws Exception {
		this.path = folder.resolve("netty");
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.group)
			.channel(EpollServerDomainSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(new LengthFieldBasedFrameDecoder(1024 * 1024, 0, 4, 0, 4), new LengthFieldPrepender(4),
								new FlowHandler());
				}

			});
		bootstrap.bind(new DomainSocketAddress(new File(this.path.toString()))).sync();
	}

	@Override
	public Client connect() throws Exception {
		return new LengthHeaderClient(this.path);
	}

	@Override
	public void close() throws Exception {
		this.context.close();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
	}

	/**
	 * Sends the request through the flow and writes the reply.
	 */
	private final class FlowHandler extends SimpleChannelInboundHandler<ByteBuf> {

		@Override
		protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
			Message<?> reply = NettyPeer.this.template.sendAndReceive(NettyPeer.this.requests,
					new GenericMessage<>(ByteBufUtil.getBytes(frame)));
			if (reply != null) {
				context.writeAndFlush(context.alloc().buffer().writeBytes((byte[]) reply.getPayload()));
			}
		}

	}

}
